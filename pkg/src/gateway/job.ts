import { linkedController, onAbort } from "../util/abort.js";
import { FilmgateError } from "../error.js";
import { UpdateStream } from "../driver/update-stream.js";
import type { CancelResult, Handle, Job, JobStatus, VideoResult, Status, Store, JobUpdate } from "../types/index.js";
import { MAX_TIMER_MS } from "../util/sleep.js";
import type { Entry } from "./entry.js";
import { follow } from "./follow.js";
import type { Listener } from "./follow.js";
import type { Line } from "./line.js";
import { stopped, submit } from "./submit.js";
import { cancelled, outOfTime, unanswered } from "./trouble.js";
import { read, videoOf } from "./video.js";
import type { Told } from "./video.js";

/** What a job needs to run. */
export interface Stage {
  line: Line;
  store: Store;
  /** The job: new, and stored by this; or found again. */
  open: () => Promise<Entry>;
  isNew: boolean;
  /** Nothing of it goes on here once the order is answered. */
  letsGo?: boolean;
  giveUpAt: number;
  signal?: AbortSignal | undefined;
  /** The job once more, for a cancel after this one has stopped waiting. */
  again: (handle: Handle) => Job;
}

/** One job of a gateway, followed. */
export class GatewayJob implements Job, Listener {
  /** Settles once the gateway has answered the order, or nobody waits for it. */
  readonly submitted: Promise<void>;
  /** Settles once nothing of the job goes on here. Never rejects. */
  readonly over: Promise<void>;
  readonly #stage: Stage;
  readonly #planned: Handle;
  readonly #news: UpdateStream;
  /** Ends all that goes on here. */
  readonly #stop: AbortController;
  #entry: Entry | undefined;
  #answered: () => void = () => {};

  constructor(planned: Handle, stage: Stage) {
    this.#planned = planned;
    this.#stage = stage;
    this.submitted = new Promise((resolve) => (this.#answered = resolve));
    const { signal, giveUpAt } = stage;
    const { controller, unlisten } = linkedController(signal);
    this.#stop = controller;
    const deaf = onAbort(signal, () => this.#news.reject(signal?.reason));
    const late = () => controller.abort(outOfTime(this.handle));
    const timer = setTimeout(late, Math.min(giveUpAt - Date.now(), MAX_TIMER_MS));
    this.#news = new UpdateStream(() => {
      clearTimeout(timer);
      unlisten();
      deaf();
      this.#answered();
    });
    this.over = this.#run();
  }

  get handle(): Handle {
    return this.#entry?.handle ?? this.#planned;
  }

  result(): Promise<VideoResult> {
    return this.#news.result;
  }

  [Symbol.asyncIterator](): AsyncIterator<JobUpdate> {
    return this.#news[Symbol.asyncIterator]();
  }

  /** As known at this moment, without asking. */
  status(): JobStatus {
    const { progress, etaMs } = this.#news.updates.at(-1) ?? {};
    return {
      ...(this.#entry?.stored ?? { handle: this.#planned, status: "submitting" }),
      ...(progress !== undefined && { progress }),
      ...(etaMs !== undefined && { etaMs }),
    };
  }

  async cancel(): Promise<CancelResult> {
    // What has not left can be kept from leaving.
    if (!this.#news.ended && this.#entry?.mayExist === false) {
      this.#stop.abort(cancelled(this.handle));
      await this.over;
      if (this.status().status === "cancelled") return { result: "cancelled", charge: "none" };
    }
    await this.submitted;
    const { jobId, endedAt } = this.handle;
    if (endedAt !== undefined) {
      return { result: "already_finished", charge: this.status().error?.charge ?? "charged" };
    }
    if (jobId === undefined) return this.#stage.again(this.handle).cancel();
    const path = `/${encodeURIComponent(jobId)}/cancel`;
    // It is asked whoever waits for the job.
    const { signal } = new AbortController();
    try {
      const { json } = await this.#stage.line.ask({ method: "POST", path }, signal);
      const video = videoOf(json);
      await this.take(read(video, this.handle));
      return video.filmgate?.cancellation ?? { result: "unsupported", charge: "unknown" };
    } catch (error) {
      throw unanswered(this.handle, error);
    }
  }

  /** A stream begins with what has been: no step is told again, or after a later one. */
  tell(update: JobUpdate): void {
    const last = this.#news.updates.at(-1);
    if (!last || isLater(update, last)) this.#news.push(update);
  }

  async take(told: Told): Promise<void> {
    await this.#entry?.take(told);
    this.tell(told.update);
    if (told.outcome) this.#news.resolve(told.outcome);
    if (told.error) this.#news.reject(new FilmgateError(told.error));
    if (told.outcome || told.error) this.#stop.abort();
  }

  async #run(): Promise<void> {
    const { line, open, isNew, letsGo, signal } = this.#stage;
    const stop = this.#stop.signal;
    try {
      stop.throwIfAborted();
      const entry = await open();
      this.#entry = entry;
      this.tell({ status: entry.record.status });
      if (!entry.isFinal && entry.handle.jobId === undefined) await this.#submit(entry, stop);
      this.#answered();
      if (entry.isFinal) this.#finish(entry);
      else if (letsGo) this.#stop.abort();
      else await follow(this, line, stop, isNew);
      stop.throwIfAborted();
    } catch (error) {
      this.#news.reject(signal?.aborted ? signal.reason : error);
    }
  }

  /** Under its lease, so that two runtimes do not both bring a picture there. */
  async #submit(entry: Entry, stop: AbortSignal): Promise<void> {
    const { line, store } = this.#stage;
    let sending: Promise<void> | undefined;
    const work = () => (sending = this.#send(entry, line, stop));
    try {
      await store.lease(entry.handle.id, work, stop);
    } catch (error) {
      // A lease may end with its signal, before what was sent is answered.
      await sending;
      throw stop.aborted && !sending ? await stopped(entry, stop.reason) : error;
    }
  }

  async #send(entry: Entry, line: Line, stop: AbortSignal): Promise<void> {
    await entry.refresh();
    if (entry.handle.jobId === undefined) await this.take(await submit(entry, line, stop));
  }

  #finish({ record: { outcome, error } }: Entry): void {
    if (outcome) this.#news.resolve(outcome);
    else if (error) this.#news.reject(new FilmgateError(error));
  }
}

const STEPS: Status[] = ["submitting", "reconciling", "queued", "running"];

function isLater(update: JobUpdate, last: JobUpdate): boolean {
  const [step, before] = [STEPS.indexOf(update.status), STEPS.indexOf(last.status)];
  if (step !== before) return step < 0 || step > before;
  const [progress = 0, known = 0] = [update.progress, last.progress];
  return progress > known || (progress === known && update.etaMs !== last.etaMs);
}
