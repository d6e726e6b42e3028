import { FilmgateError } from "../error.js";
import { isFinal } from "../util/status.js";
import { randomUUID } from "../util/uuid.js";
import { orAborted } from "../util/within.js";
import type {
  CancelResult,
  ErrorCode,
  Handle,
  Job,
  JobUpdate,
  Status,
  SubmitOptions,
  VideoRequest,
  VideoResult,
} from "../types/index.js";
import { SavedSession } from "./saved.js";
import type { Saved } from "./saved.js";
import { IDLE } from "./state.js";
import type { VideoClient, VideoState } from "./state.js";

/** The status that an error ends with; any other is `failed`. */
const ENDS: Partial<Record<ErrorCode, Status>> = {
  cancelled: "cancelled",
  result_expired: "expired",
  submission_unknown: "submission_unknown",
};
/** A job with one of these errors is not tracked again, also if something may have been billed. */
const FINAL_CODES: ReadonlySet<string> = new Set([...Object.keys(ENDS), "job_not_found"]);

/** One job, from its submit or its resume until it is not tracked any more. */
class Run {
  /** Aborts at a reset, or for the next run. */
  readonly abort = new AbortController();
  /** Resolves with the result, or undefined. Never rejects. */
  ended!: Promise<VideoResult | undefined>;
  /** Whether this tab tracks the job. Otherwise it follows another tab. */
  isDriver = false;
  job: Job | undefined;
  /** Resolves once there is a job. */
  readonly started: Promise<void>;
  #onStarted: () => void = () => {};

  /** `request`: as text; undefined if the job was found again. */
  constructor(readonly request: string | undefined) {
    this.started = new Promise((resolve) => (this.#onStarted = resolve));
  }

  get isAborted(): boolean {
    return this.abort.signal.aborted;
  }

  follow(job: Job): void {
    this.job = job;
    this.#onStarted();
  }
}

type Work = (run: Run) => Promise<VideoResult | undefined>;

/**
 * One video: at most one job at a time. Tabs with a session of the same id share the job: one tracks it, the others follow
 * what that one saves, and take over when it closes. `subscribe` and `getSnapshot` are those of `useSyncExternalStore`.
 */
export class VideoSession {
  readonly #client: VideoClient;
  readonly #saved: SavedSession;
  readonly #listeners = new Set<() => void>();
  #state: VideoState = IDLE;
  #run: Run | undefined;

  /** Without an `id`, neither a reload nor another tab finds the job. */
  constructor(client: VideoClient, id?: string) {
    this.#client = client;
    this.#saved = new SavedSession(id, (written) => this.#sync(written));
  }

  readonly getSnapshot = (): VideoState => this.#state;

  readonly subscribe = (listener: () => void): (() => void) => {
    this.#listeners.add(listener);
    this.#saved.listen(true);
    this.#sync();
    return () => {
      this.#listeners.delete(listener);
      this.#stopListening();
    };
  };

  /**
   * Submits the request, unless a job of this session has not ended: then that one is tracked. Resolves with the result, or
   * with undefined if there is none: see `error` of the state. Rejects only if another request has not ended.
   */
  readonly submit = async (request: VideoRequest, options: SubmitOptions = {}): Promise<VideoResult | undefined> => {
    this.#sync();
    const text = textOf(request);
    const saved = this.#saved.read();
    if (this.#run && !saved?.ended) {
      if (this.#run.request !== undefined && this.#run.request !== text) throw busy();
      return this.#run.ended;
    }
    if (saved && !saved.ended) return this.resume();
    return this.#start(text, (run) => this.#submit(run, request, options, saved?.key));
  };

  /** Tracks an unfinished job again. Resolves like `submit`; with undefined if there is no job. */
  readonly resume = async (): Promise<VideoResult | undefined> => {
    if (this.#run) return this.#run.ended;
    if (!this.#saved.read()) return undefined;
    return this.#start(undefined, (run) => this.#continue(run));
  };

  /**
   * Cancels the job. Resolves with undefined if there is none to cancel; if another tab tracks the job, once the job has
   * ended. Rejects like `cancel` of a job.
   */
  readonly cancel = async (): Promise<CancelResult | undefined> => {
    const run = this.#run;
    const saved = this.#saved.read();
    if (!run || !saved) return undefined;
    if (run.isDriver) return this.#cancel(run, saved);
    this.#saved.write({ ...saved, cancel: true });
    await run.ended;
    const { status, error } = this.#state;
    return { result: status === "cancelled" ? "cancelled" : "already_finished", charge: error?.charge ?? "charged" };
  };

  /** Forgets the job, which continues. `cancel` it first if it shall not. */
  readonly reset = (): void => {
    this.#saved.write(undefined);
    this.#leave();
  };

  /** Compares the state with what is saved, which another tab or a former page may have changed. */
  #sync(written?: Saved): void {
    const run = this.#run;
    if (written?.cancel && run?.isDriver) void this.#cancel(run, written).catch(() => {});
    const saved = this.#saved.read();
    if (!saved) {
      // A submit of this tab is its own, also if another tab has reset the session.
      if (run && run.request === undefined) this.#leave();
    } else if (run) {
      if (!run.isDriver) this.#show(saved);
    } else if (saved.key !== this.#state.handle?.id) {
      void this.resume();
    }
  }

  #start(request: string | undefined, work: Work): Promise<VideoResult | undefined> {
    this.#run?.abort.abort();
    const run = new Run(request);
    this.#run = run;
    this.#saved.listen(true);
    const saved = this.#saved.read();
    if (request !== undefined || !saved) this.#set({ status: "submitting", isPending: true });
    else if (!saved.ended) this.#show(saved);
    run.ended = this.#untilEnd(run, work);
    return run.ended;
  }

  /** Runs the work in the one tab that tracks the job. */
  async #untilEnd(run: Run, work: Work): Promise<VideoResult | undefined> {
    const { signal } = run.abort;
    try {
      return await exclusively(this.#saved.lockName, signal, () => {
        run.isDriver = true;
        return orAborted(work(run), signal);
      });
    } catch (error) {
      if (!run.isAborted) this.#fail(error);
      return undefined;
    } finally {
      if (this.#run === run) this.#run = undefined;
      this.#stopListening();
    }
  }

  /** `before`: the job that was saved before the submit. */
  async #submit(run: Run, request: VideoRequest, options: SubmitOptions, before?: string): Promise<VideoResult | undefined> {
    const other = this.#saved.read();
    // Another tab was first. Its job may have ended while this tab waited for its turn: it is the job of both.
    if (other && other.key !== before) return this.#continue(run);
    const key = options.idempotencyKey ?? randomUUID();
    this.#saved.write({ key, status: "submitting" });
    try {
      return await this.#follow(run, await this.#client.submit(request, { ...options, idempotencyKey: key }));
    } catch (error) {
      // What the signal of the options has interrupted may have been sent: its record says so.
      const open = error instanceof FilmgateError ? undefined : await this.#unfinished(key);
      const saved = this.#saved.read();
      if (saved?.key === key && !saved.handle && !continues(error)) {
        this.#saved.write(open && { ...saved, handle: open });
      }
      throw error;
    }
  }

  /** The handle of a job in the store whose end is not known. */
  async #unfinished(key: string): Promise<Handle | undefined> {
    const job = (await this.#client.jobs()).find(({ handle }) => handle.id === key);
    return job && (!isFinal(job.status) || job.status === "submission_unknown") ? job.handle : undefined;
  }

  /** Tracks the saved job. */
  async #continue(run: Run): Promise<VideoResult | undefined> {
    const saved = this.#saved.read();
    const job = saved && (await this.#find(saved));
    if (run.isAborted) return undefined;
    if (job) return this.#follow(run, job);
    // It was not stored, so nothing was sent.
    this.#saved.write(undefined);
    this.#set(IDLE);
    return undefined;
  }

  /** By the store's record or, if the store has not survived, by the handle. */
  async #find({ key, handle }: Saved): Promise<Job | undefined> {
    const stored = (await this.#client.jobs()).find((job) => job.handle.id === key);
    const found = stored?.handle ?? handle;
    return found && this.#client.resume(found);
  }

  async #follow(run: Run, job: Job): Promise<VideoResult> {
    run.follow(job);
    this.#save(job.handle);
    for await (const update of job) {
      if (run.isAborted) break;
      this.#onUpdate(job.handle, update);
    }
    const result = await job.result();
    if (run.isAborted) return result;
    const { handle, costUsd } = result;
    this.#set({ status: "completed", isPending: false, handle, result, ...(costUsd !== undefined && { costUsd }) });
    this.#save(handle, { status: "completed", ended: true });
    return result;
  }

  async #cancel(run: Run, saved: Saved): Promise<CancelResult | undefined> {
    // A submit that was not answered is cancelled by its record.
    const job = run.job ?? (await this.#find(saved));
    if (job) return job.cancel();
    await Promise.race([run.started, run.ended]);
    return run.job?.cancel();
  }

  #onUpdate(handle: Handle, { status, progress, etaMs, error }: JobUpdate): void {
    if (isFinal(status)) return;
    const known = { status, ...(progress !== undefined && { progress }), ...(etaMs !== undefined && { etaMs }) };
    this.#set({ ...known, isPending: true, handle, ...(error && { pollError: error }) });
    this.#save(handle, known);
  }

  #fail(error: unknown): void {
    const known = error instanceof FilmgateError ? error : undefined;
    const handle = known?.handle ?? this.#saved.read()?.handle;
    const isUnfinished = known ? continues(known) : handle !== undefined;
    const ended = (known && ENDS[known.code]) ?? "failed";
    const { status: last } = this.#state;
    const status = isUnfinished && last !== "idle" ? last : ended;
    this.#set({
      ...{ status, isPending: false, error: error as FilmgateError },
      ...(handle && { handle }),
      ...(isUnfinished && { isUnfinished }),
    });
    if (handle) this.#save(handle, isUnfinished ? {} : { status, ended: true });
  }

  /** Shows what the tab that tracks the job has saved. Its end is shown once it is read from the job itself. */
  #show({ status = "submitting", progress, etaMs, handle }: Saved): void {
    this.#set({
      ...{ status: isFinal(status) ? "running" : status, isPending: true },
      ...(progress !== undefined && { progress }),
      ...(etaMs !== undefined && { etaMs }),
      ...(handle && { handle }),
    });
  }

  #save(handle: Handle, update: Partial<Saved> = {}): void {
    const saved = this.#saved.read();
    if (saved?.key !== handle.id) return;
    this.#saved.write({ key: handle.id, handle, ...(saved.status && { status: saved.status }), ...update });
  }

  #leave(): void {
    this.#run?.abort.abort();
    this.#run = undefined;
    this.#set(IDLE);
  }

  #set(state: VideoState): void {
    this.#state = state;
    for (const listener of [...this.#listeners]) listener();
  }

  #stopListening(): void {
    if (this.#listeners.size === 0 && !this.#run) this.#saved.listen(false);
  }
}

const sessions = new WeakMap<VideoClient, Map<string, VideoSession>>();

/** The session of this id, which all components of a page share that use the same client. */
export function sessionOf(client: VideoClient, id: string): VideoSession {
  const known = sessions.get(client) ?? new Map<string, VideoSession>();
  sessions.set(client, known);
  const session = known.get(id) ?? new VideoSession(client, id);
  known.set(id, session);
  return session;
}

/** Runs the work in one tab at a time. Without locks, as over plain http, each tab runs it: the client's lease orders them. */
async function exclusively<T>(name: string | undefined, signal: AbortSignal, work: () => Promise<T>): Promise<T> {
  const locks = globalThis.navigator?.locks;
  if (name === undefined || !locks) return work();
  let hasBegun = false;
  const begin = () => {
    hasBegun = true;
    return work();
  };
  try {
    return await (locks.request(name, { signal }, begin) as Promise<T>);
  } catch (error) {
    // A page without an origin of its own has locks, and may not use them.
    if (hasBegun || signal.aborted) throw error;
    return work();
  }
}

/** Whether the job of an error may continue. */
function continues(error: unknown): boolean {
  if (!(error instanceof FilmgateError) || error.charge !== "unknown" || FINAL_CODES.has(error.code)) return false;
  return error.handle !== undefined && error.handle.endedAt === undefined;
}

/** Two requests are the same if their texts are. */
function textOf(request: VideoRequest): string {
  try {
    return JSON.stringify(request) ?? "";
  } catch {
    return "";
  }
}

function busy(): FilmgateError {
  const message = "Another video of this `id` has not ended, and nothing was sent. Await it, `cancel` it, or call `reset`.";
  return new FilmgateError({ code: "invalid_request", message });
}
