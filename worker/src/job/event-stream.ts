// A job's steps as server-sent events: kept and numbered, so that who was away hears what it has missed.
import type { JobUpdate } from "filmgate";

/** An event as it is kept. The end's data is the video, and made when it is sent. */
export type Told =
  | { event: "update"; data: Pick<JobUpdate, "status" | "progress" | "etaMs"> }
  | { event: "end" };

const PREFIX = "event/";
const HEARTBEAT_MS = 15_000;
/** Streams that nobody ends hold the object in memory, which costs: the client comes again. */
const MOST_MS = 10 * 60_000;
const COME_AGAIN_MS = 1_000;

const HEADERS = {
  "content-type": "text/event-stream",
  "cache-control": "no-cache, no-transform",
  "x-accel-buffering": "no",
};

export class Events {
  readonly #kv: SyncKvStorage;
  readonly #video: () => Promise<string>;
  readonly #listeners = new Set<(seq: number, told: Told) => void>();

  constructor(kv: SyncKvStorage, video: () => Promise<string>) {
    this.#kv = kv;
    this.#video = video;
  }

  add(told: Told): void {
    const seq = this.#last() + 1;
    this.#kv.put(keyOf(seq), told);
    for (const listener of this.#listeners) listener(seq, told);
  }

  clear(): void {
    for (const [key] of [...this.#kv.list({ prefix: PREFIX })]) this.#kv.delete(key);
  }

  /** What came after that event, and what comes. `isOver`: nothing more comes. */
  stream(lastEventId: string | undefined, isOver: boolean): Response {
    const seen = /^\d{1,6}$/.test(lastEventId ?? "") ? Number(lastEventId) : 0;
    // An EventSource asks again until it is told so.
    if (isOver && seen >= this.#last()) return new Response(null, { status: 204 });
    return new Response(this.#body(seen), { headers: HEADERS });
  }

  #body(seen: number): ReadableStream<Uint8Array> {
    const encoder = new TextEncoder();
    let stop = (): void => {};
    return new ReadableStream<Uint8Array>({
      start: (controller) => {
        let turn = Promise.resolve();
        const say = (text: string) => controller.enqueue(encoder.encode(text));
        const end = () => {
          stop();
          controller.close();
        };
        // Who is cut off comes again, and is told what it has missed.
        const cut = (error: unknown) => {
          stop();
          controller.error(error);
        };
        // One after the other: the end waits for its video.
        const tell = (seq: number, told: Told) => {
          turn = turn.then(() => this.#tell(seq, told, say, end)).catch(cut);
        };
        const heartbeat = setInterval(() => say(": still there\n\n"), HEARTBEAT_MS);
        const limit = setTimeout(() => {
          say(`retry: ${COME_AGAIN_MS}\n\n`);
          end();
        }, MOST_MS);
        stop = () => {
          clearInterval(heartbeat);
          clearTimeout(limit);
          this.#listeners.delete(tell);
        };
        this.#listeners.add(tell);
        say(": filmgate\n\n");
        for (const [key, told] of this.#kept(seen)) tell(seqOf(key), told);
      },
      cancel: () => stop(),
    });
  }

  async #tell(
    seq: number,
    told: Told,
    say: (text: string) => void,
    end: () => void,
  ): Promise<void> {
    const isEnd = told.event === "end";
    // An end that was not the last, since a webhook brought the job back, is none.
    if (isEnd && seq < this.#last()) return;
    const data = isEnd ? await this.#video() : JSON.stringify(told.data);
    say(`id: ${seq}\nevent: ${told.event}\ndata: ${data}\n\n`);
    if (isEnd) end();
  }

  #kept(seen: number): [string, Told][] {
    return [...this.#kv.list<Told>({ prefix: PREFIX, startAfter: keyOf(seen) })];
  }

  #last(): number {
    const [last] = this.#kv.list({ prefix: PREFIX, reverse: true, limit: 1 });
    return last ? seqOf(last[0]) : 0;
  }
}

const keyOf = (seq: number): string => PREFIX + String(seq).padStart(6, "0");
const seqOf = (key: string): number => Number(key.slice(PREFIX.length));
