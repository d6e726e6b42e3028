import { linkedController } from "../util/abort.js";
import { FilmgateError } from "../error.js";
import type { Handle, JobUpdate } from "../types/index.js";
import { eventsOf } from "./sse.js";
import { sleep } from "../util/sleep.js";
import { retryDelayMs } from "./connection.js";
import type { GatewayConnection } from "./connection.js";
import { RetryableError, deleted } from "./errors.js";
import { pollResponseOf, read, updateOf, videoOf } from "./video.js";
import type { PollResponse, JobSnapshot } from "./video.js";

/** The gateway sends a heartbeat every 15 seconds. */
const SILENCE_LIMIT_MS = 45_000;
/** A stream holds a connection, and a browser opens six to one host. */
const MAX_STREAMS = 3;
/** Consecutive streams without an event: a proxy may buffer them. */
const MAX_EMPTY_STREAMS = 2;

/** Receives the updates of a job. */
export interface Listener {
  readonly handle: Handle;
  onUpdate(update: JobUpdate): void;
  apply(snapshot: JobSnapshot): Promise<void>;
}

/** Polls the job once. */
export async function fetchStatus(handle: Handle, connection: GatewayConnection, signal: AbortSignal): Promise<PollResponse> {
  try {
    return pollResponseOf(await connection.send({ path: pathOf(handle) }, signal), handle);
  } catch (error) {
    const isUnknown = error instanceof FilmgateError && error.code === "job_not_found";
    throw isUnknown ? deleted(handle) : error;
  }
}

/** Tracks the job to its end: by server-sent events or, if these do not arrive, by polling. A failed request never fails it. */
export async function track(
  job: Listener,
  connection: GatewayConnection,
  stop: AbortSignal,
  isKnown: boolean,
): Promise<void> {
  const stream = new Stream(job, connection);
  let mayListen = isKnown;
  for (let failures = 0; !stop.aborted; ) {
    try {
      if (mayListen && (await stream.listen(stop))) {
        failures = 0;
        continue;
      }
      const { snapshot, waitMs } = await fetchStatus(job.handle, connection, stop);
      await job.apply(snapshot);
      failures = 0;
      // A resumed job is polled first; then its events are updates.
      const isFirst = !mayListen;
      mayListen = true;
      if (stop.aborted || (isFirst && stream.isPossible)) continue;
      await sleep(waitMs, stop);
    } catch (error) {
      if (stop.aborted || (error instanceof FilmgateError && error.code === "result_expired")) throw error;
      failures += 1;
      const waitMs = error instanceof RetryableError ? error.waitMs : 0;
      await sleep(Math.max(waitMs, retryDelayMs(failures)), stop);
    }
  }
}

/** The events of one job, over as many streams as it takes. */
class Stream {
  #emptyStreams = 0;
  #lastId: string | undefined;
  readonly #job: Listener;
  readonly #connection: GatewayConnection;

  constructor(job: Listener, connection: GatewayConnection) {
    this.#job = job;
    this.#connection = connection;
  }

  get isPossible(): boolean {
    return this.#emptyStreams < MAX_EMPTY_STREAMS && this.#connection.streams < MAX_STREAMS;
  }

  /** Reads one stream to its end; returns whether it brought an event. */
  async listen(stop: AbortSignal): Promise<boolean> {
    if (!this.isPossible) return false;
    const { controller, unlisten } = linkedController(stop);
    let timer: ReturnType<typeof setTimeout> | undefined;
    const onActivity = () => {
      clearTimeout(timer);
      timer = setTimeout(() => controller.abort(), SILENCE_LIMIT_MS);
    };
    this.#connection.streams += 1;
    this.#emptyStreams += 1;
    let retryMs = 0;
    try {
      onActivity();
      const path = `${pathOf(this.#job.handle)}/events`;
      const headers = {
        accept: "text/event-stream",
        ...(this.#lastId !== undefined && { "last-event-id": this.#lastId }),
      };
      const response = await this.#connection.open({ path, headers }, controller.signal);
      const isStream = response.headers.get("content-type")?.startsWith("text/event-stream");
      if (!response.ok || !isStream || !response.body) {
        await response.body?.cancel();
        return false;
      }
      for await (const event of eventsOf(response.body, controller.signal)) {
        onActivity();
        if (!event) continue;
        this.#emptyStreams = 0;
        this.#lastId = event.id ?? this.#lastId;
        if (event.retry) retryMs = Number(event.retry) || 0;
        await this.#onEvent(event.event, event.data);
        if (stop.aborted) return true;
      }
    } catch {
      stop.throwIfAborted();
    } finally {
      clearTimeout(timer);
      unlisten();
      controller.abort();
      this.#connection.streams -= 1;
    }
    if (this.#emptyStreams > 0) return false;
    await sleep(Math.max(retryMs, retryDelayMs(1)), stop);
    return true;
  }

  async #onEvent(event: string | undefined, data = "null"): Promise<void> {
    const json = JSON.parse(this.#connection.masked(data)) as unknown;
    if (event === "update") this.#job.onUpdate(updateOf(json as JobUpdate, false));
    if (event === "end") await this.#job.apply(read(videoOf(json), this.#job.handle));
  }
}

/** The path of the job's video. */
export function pathOf({ jobId }: Handle): string {
  return `/videos/${encodeURIComponent(String(jobId))}`;
}
