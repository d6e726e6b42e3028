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
  let [event, length]: [Record<string, string>, number] = [{}, 0];
  const lines = new Lines();
  try {
    for (;;) {
      const { done, value } = await orAborted(reader.read(), signal);
      if (done) return;
      for (const line of lines.push(decoder.decode(value, { stream: true }))) {
        const [, field, rest] = /^(\w+): ?([^]*)$/.exec(line) ?? [];
        if (field !== undefined && rest !== undefined) {
          length += line.length;
          event[field] = field === "data" && event.data !== undefined ? `${event.data}\n${rest}` : rest;
        } else if (line === "") {
          if (Object.keys(event).length > 0) yield event;
          [event, length] = [{}, 0];
        }
      }
      if (Math.max(length, lines.unfinishedLength) > MAX_EVENT_LENGTH) return;
      yield undefined;
    }
  } finally {
    void reader.cancel().catch(() => {});
  }
}

/** Lines of a text that arrives in pieces. */
class Lines {
  /** The pieces of the last line, which are joined once: a long line may arrive in many. */
  #unfinished: string[] = [];
  unfinishedLength = 0;

  /** The lines that end in this piece. */
  push(text: string): string[] {
    const end = text.lastIndexOf("\n");
    const rest = text.slice(end + 1);
    const whole = end < 0 ? undefined : [...this.#unfinished, text.slice(0, end)].join("");
    if (whole !== undefined) [this.#unfinished, this.unfinishedLength] = [[], 0];
    this.#unfinished.push(rest);
    this.unfinishedLength += rest.length;
    return whole?.split("\n").map((line) => (line.endsWith("\r") ? line.slice(0, -1) : line)) ?? [];
  }
}
