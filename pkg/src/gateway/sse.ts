import { orAborted } from "../util/within.js";

/** A server-sent event. */
export interface ServerEvent {
  id?: string;
  event?: string;
  data?: string;
  /** Milliseconds to wait before the next stream. */
  retry?: string;
}

/** A longer line is no event of a gateway. */
const MAX_LINE_LENGTH = 8 << 20;

/** The events of a stream as they arrive, and `undefined` after each chunk, which proves that the stream is alive. */
export async function* eventsOf(
  body: ReadableStream<Uint8Array>,
  signal?: AbortSignal,
): AsyncGenerator<ServerEvent | undefined> {
  const reader = body.getReader();
  const decoder = new TextDecoder();
  let text = "";
  let event: Record<string, string> = {};
  try {
    for (;;) {
      const { done, value } = await orAborted(reader.read(), signal);
      if (done) return;
      text += decoder.decode(value, { stream: true });
      const lines = text.split(/\r?\n/);
      text = lines.pop() ?? "";
      if (text.length > MAX_LINE_LENGTH) return;
      for (const line of lines) {
        const [, field, rest] = /^(\w+): ?(.*)$/.exec(line) ?? [];
        if (field !== undefined && rest !== undefined) {
          event[field] = field === "data" && event.data ? `${event.data}\n${rest}` : rest;
        } else if (line === "" && Object.keys(event).length > 0) {
          yield event;
          event = {};
        }
      }
      yield undefined;
    }
  } finally {
    void reader.cancel().catch(() => {});
  }
}
