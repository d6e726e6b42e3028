import { linkedController } from "../util/abort.js";
import { FilmgateError } from "../error.js";
import type { Handle, JobUpdate } from "../types/index.js";
import { eventsOf } from "./events.js";
import { backOff, pause } from "./line.js";
import type { Line } from "./line.js";
import { Trouble, gone } from "./trouble.js";
import { found, read, updateOf, videoOf } from "./video.js";
import type { Found, Told } from "./video.js";

/** The gateway gives a sign of life each 15 seconds. */
const SILENT_MS = 45_000;
/** A stream holds a connection, of which a browser has six to one host. */
const MOST_STREAMS = 3;
/** Streams that brought nothing: something on the way does not let them through. */
const MOST_DEAF = 2;

/** Who hears of a job. */
export interface Listener {
  readonly handle: Handle;
  tell(update: JobUpdate): void;
  take(told: Told): Promise<void>;
}

/** Asks for the job once. */
export async function look(handle: Handle, line: Line, signal: AbortSignal): Promise<Found> {
  try {
    return found(await line.ask({ path: pathOf(handle) }, signal), handle);
  } catch (error) {
    const isUnknown = error instanceof FilmgateError && error.code === "job_not_found";
    throw isUnknown ? gone(handle) : error;
  }
}

/** Follows the job to its end: by events, or where these do not come, by asking. No trouble on the way fails it. */
export async function follow(
  job: Listener,
  line: Line,
  stop: AbortSignal,
  isKnown: boolean,
): Promise<void> {
  const stream = new Stream(job, line);
  let mayListen = isKnown;
  for (let troubles = 0; !stop.aborted; ) {
    try {
      if (mayListen && (await stream.listen(stop))) {
        troubles = 0;
        continue;
      }
      const { told, waitMs } = await look(job.handle, line, stop);
      await job.take(told);
      troubles = 0;
      // The first question of a job that was found again says how it stands; only then are there news.
      const isFirst = !mayListen;
      mayListen = true;
      if (stop.aborted || (isFirst && stream.isPossible)) continue;
      await pause(waitMs, stop);
    } catch (error) {
      if (stop.aborted || (error instanceof FilmgateError && error.code === "result_expired")) throw error;
      troubles += 1;
      const waitMs = error instanceof Trouble ? error.waitMs : 0;
      await pause(Math.max(waitMs, backOff(troubles)), stop);
    }
  }
}

/** The events of one job, over as many streams as it takes. */
class Stream {
  #deaf = 0;
  #lastId: string | undefined;
  readonly #job: Listener;
  readonly #line: Line;

  constructor(job: Listener, line: Line) {
    this.#job = job;
    this.#line = line;
  }

  get isPossible(): boolean {
    return this.#deaf < MOST_DEAF && this.#line.streams < MOST_STREAMS;
  }

  /** Hears one stream to its end; whether it brought anything. */
  async listen(stop: AbortSignal): Promise<boolean> {
    if (!this.isPossible) return false;
    const { controller, unlisten } = linkedController(stop);
    let timer: ReturnType<typeof setTimeout> | undefined;
    const alive = () => {
      clearTimeout(timer);
      timer = setTimeout(() => controller.abort(), SILENT_MS);
    };
    this.#line.streams += 1;
    this.#deaf += 1;
    let retryMs = 0;
    try {
      alive();
      const path = `${pathOf(this.#job.handle)}/events`;
      const headers = {
        accept: "text/event-stream",
        ...(this.#lastId !== undefined && { "last-event-id": this.#lastId }),
      };
      const answer = await this.#line.open({ path, headers }, controller.signal);
      const isStream = answer.headers.get("content-type")?.startsWith("text/event-stream");
      if (!answer.ok || !isStream || !answer.body) {
        await answer.body?.cancel();
        return false;
      }
      for await (const event of eventsOf(answer.body)) {
        alive();
        if (!event) continue;
        this.#deaf = 0;
        this.#lastId = event.id ?? this.#lastId;
        if (event.retry) retryMs = Number(event.retry) || 0;
        await this.#hear(event.event, event.data);
        if (stop.aborted) return true;
      }
    } catch {
      stop.throwIfAborted();
    } finally {
      clearTimeout(timer);
      unlisten();
      controller.abort();
      this.#line.streams -= 1;
    }
    if (this.#deaf > 0) return false;
    await pause(Math.max(retryMs, backOff(1)), stop);
    return true;
  }

  async #hear(event: string | undefined, data = "null"): Promise<void> {
    const json = JSON.parse(data) as unknown;
    if (event === "update") this.#job.tell(updateOf(json as JobUpdate, false));
    if (event === "end") await this.#job.take(read(videoOf(json), this.#job.handle));
  }
}

function pathOf({ jobId }: Handle): string {
  return `/${encodeURIComponent(String(jobId))}`;
}
