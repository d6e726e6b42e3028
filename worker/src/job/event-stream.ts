// A job's updates as server-sent events: stored and numbered, so that a client that reconnects receives what it missed.
import type { JobUpdate } from "filmgate";

/** An event as it is stored. The data of the end is the video, generated when it is sent. */
export type StreamEvent =
  | { event: "update"; data: Pick<JobUpdate, "status" | "progress" | "etaMs"> }
  | { event: "end" };

const PREFIX = "event/";
const HEARTBEAT_MS = 15_000;
/** An open stream holds the object in memory, which costs: it is closed, and the client reconnects. */
const MAX_STREAM_MS = 10 * 60_000;
const RECONNECT_MS = 1_000;
/** Of more, the oldest ends. The runtime reports that a client has left at the next heartbeat, so most of them have none. */
const MAX_STREAMS = 10;
/** If it has one, it shall not end the stream of another at once. */
const DISPLACED_RECONNECT_MS = 10_000;

const HEADERS = {
  "content-type": "text/event-stream",
  "cache-control": "no-cache, no-transform",
  "x-accel-buffering": "no",
};

interface Listener {
  send: (seq: number, event: StreamEvent) => void;
  /** Closes the stream. The client reconnects after that time. */
  close: (reconnectMs: number) => void;
}

export class EventStream {
  readonly #kv: SyncKvStorage;
  readonly #video: () => Promise<string>;
  /** The oldest first. */
  readonly #listeners = new Set<Listener>();
  /** The number of the last event, once it is known. */
  #lastSeq: number | undefined;

  constructor(kv: SyncKvStorage, video: () => Promise<string>) {
    this.#kv = kv;
    this.#video = video;
  }

  add(event: StreamEvent): void {
    const seq = this.#last() + 1;
    this.#kv.put(keyOf(seq), event);
    this.#lastSeq = seq;
    for (const { send } of this.#listeners) send(seq, event);
  }

  clear(): void {
    for (const [key] of [...this.#kv.list({ prefix: PREFIX })]) this.#kv.delete(key);
    this.#lastSeq = undefined;
  }

  /** The events after that one, and those to come. `isOver`: no more come. */
  stream(lastEventId: string | undefined, isOver: boolean): Response {
    const seen = /^\d{1,6}$/.test(lastEventId ?? "") ? Number(lastEventId) : 0;
    // 204 stops an EventSource from reconnecting.
    if (isOver && seen >= this.#last()) return new Response(null, { status: 204 });
    const [oldest] = this.#listeners;
    if (oldest && this.#listeners.size >= MAX_STREAMS) oldest.close(DISPLACED_RECONNECT_MS);
    return new Response(this.#body(seen), { headers: HEADERS });
  }

  #body(seen: number): ReadableStream<Uint8Array> {
    const encoder = new TextEncoder();
    let stop = (): void => {};
    return new ReadableStream<Uint8Array>({
      start: (controller) => {
        let queue = Promise.resolve();
        const write = (text: string) => controller.enqueue(encoder.encode(text));
        const end = () => {
          stop();
          controller.close();
        };
        // The client reconnects, and receives what it missed.
        const fail = (error: unknown) => {
          stop();
          controller.error(error);
        };
        // In order: the end waits for its video.
        const send = (seq: number, event: StreamEvent) => {
          queue = queue.then(() => this.#send(seq, event, write, end)).catch(fail);
        };
        const close = (reconnectMs: number) => {
          write(`retry: ${reconnectMs}\n\n`);
          end();
        };
        const listener = { send, close };
        const heartbeat = setInterval(() => write(": heartbeat\n\n"), HEARTBEAT_MS);
        const limit = setTimeout(() => close(RECONNECT_MS), MAX_STREAM_MS);
        stop = () => {
          clearInterval(heartbeat);
          clearTimeout(limit);
          this.#listeners.delete(listener);
        };
        this.#listeners.add(listener);
        write(": filmgate\n\n");
        for (const [key, event] of this.#stored(seen)) send(seqOf(key), event);
      },
      cancel: () => stop(),
    });
  }

  async #send(
    seq: number,
    event: StreamEvent,
    write: (text: string) => void,
    end: () => void,
  ): Promise<void> {
    const isEnd = event.event === "end";
    // A webhook has recovered the job since, so this was not the end.
    if (isEnd && seq < this.#last()) return;
    const data = isEnd ? await this.#video() : JSON.stringify(event.data);
    write(`id: ${seq}\nevent: ${event.event}\ndata: ${data}\n\n`);
    if (isEnd) end();
  }

  #stored(seen: number): [string, StreamEvent][] {
    return [...this.#kv.list<StreamEvent>({ prefix: PREFIX, startAfter: keyOf(seen) })];
  }

  #last(): number {
    if (this.#lastSeq === undefined) {
      const [last] = this.#kv.list({ prefix: PREFIX, reverse: true, limit: 1 });
      this.#lastSeq = last ? seqOf(last[0]) : 0;
    }
    return this.#lastSeq;
  }
}

const keyOf = (seq: number): string => PREFIX + String(seq).padStart(6, "0");
const seqOf = (key: string): number => Number(key.slice(PREFIX.length));
