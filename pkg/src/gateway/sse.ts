import { orAborted } from "../util/within.js";

/** A server-sent event. */
export interface ServerEvent {
  id?: string;
  event?: string;
  data?: string;
  /** Milliseconds to wait before the next stream. */
  retry?: string;
}

/** Characters of an event, or of a line that has not ended. A longer one is no event of a gateway. */
const MAX_EVENT_LENGTH = 8 << 20;

/** The events of a stream as they arrive, and `undefined` after each chunk, which proves that the stream is alive. */
export async function* eventsOf(
  body: ReadableStream<Uint8Array>,
  signal?: AbortSignal,
): AsyncGenerator<ServerEvent | undefined> {
  const reader = body.getReader();
  const decoder = new TextDecoder();
  let event: Record<string, string> = {};
  // The pieces of the last line are joined once: a long line may arrive in many.
  let pieces: string[] = [];
  let [eventLength, lineLength] = [0, 0];
  try {
    for (;;) {
      const { done, value } = await orAborted(reader.read(), signal);
      if (done) return;
      const text = decoder.decode(value, { stream: true });
      pieces.push(text);
      lineLength += text.length;
      if (text.includes("\n")) {
        const lines = pieces.join("").split(/\r?\n/);
        const rest = lines.pop() ?? "";
        [pieces, lineLength] = [[rest], rest.length];
        for (const line of lines) {
          const [, field, rest] = /^(\w+): ?([^]*)$/.exec(line) ?? [];
          if (field !== undefined && rest !== undefined) {
            eventLength += line.length;
            event[field] = field === "data" && event.data !== undefined ? `${event.data}\n${rest}` : rest;
          } else if (line === "") {
            if (Object.keys(event).length > 0) yield event;
            [event, eventLength] = [{}, 0];
          }
        }
      }
      if (Math.max(eventLength, lineLength) > MAX_EVENT_LENGTH) return;
      yield undefined;
    }
  } finally {
    void reader.cancel().catch(() => {});
  }
}
