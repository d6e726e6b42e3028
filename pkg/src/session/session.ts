import { FilmgateError } from "../error.js";
import { snapshotOf } from "../util/snapshot.js";
import { notify } from "../util/notify.js";
import { isFinal } from "../util/status.js";
import { isUuid, randomUUID } from "../util/uuid.js";
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
  /** Whether no other tab can be submitting the job. */
  isAlone = false;
  /** The submit to make if there is no job to track. */
  submit: Work | undefined;
  job: Job | undefined;
  /** Resolves once there is a job. */
  readonly started: Promise<void>;
  #onStarted: () => void = () => {};

  /** `request`: as text; undefined if the job was found again. */
  constructor(public request: string | undefined) {
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
   * with undefined if there is none: see `error` of the state. Rejects only if another request has not ended. After a lost
   * submit, which may be billed, it submits nothing until `reset`.
   */
  readonly submit = async (given: VideoRequest, how: SubmitOptions = {}): Promise<VideoResult | undefined> => {
    const [request, options] = [snapshotOf(given), snapshotOf(how)];
    this.#sync();
    const text = textOf(request);
    const saved = this.#saved.read();
    const isOpen = saved && (!saved.ended || saved.status === "submission_unknown");
    const submit = (run: Run) => {
      run.request = text;
      return this.#submit(run, request, options, saved?.key);
    };
    if (isOpen) void this.resume();
    const run = this.#run;
    if (!run || (saved && !isOpen)) return this.#start(text, submit);
    if (run.request === undefined) run.submit ??= submit;
    else if (run.request !== text) throw busy();
    return run.ended;
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
    if (!run) return undefined;
    run.submit = undefined;
    if (run.isDriver) return this.#cancel(run, saved);
    if (run.request !== undefined && (!saved || saved.ended)) {
      // It waits for its turn to submit.
      this.#leave();
      return { result: "cancelled", charge: "none" };
    }
    if (!saved) return undefined;
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
      const { lockName } = this.#saved;
      return await exclusively(lockName, signal, (isLocked) => {
        run.isDriver = true;
        run.isAlone = isLocked || lockName === undefined;
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
    const { taskUUID } = Object(request) as VideoRequest;
    const own = typeof taskUUID === "string" && taskUUID.toLowerCase();
    // An entry that is left may be of a tab that submits it now: with the same key it is the same job.
    const left = other && !other.ended ? other.key : randomUUID();
    const key = isUuid(own) ? own : (options.idempotencyKey ?? left);
    try {
      if (!this.#saved.write({ key, status: "submitting" })) throw notSaved();
      return await this.#follow(run, await this.#client.submit(request, { ...options, idempotencyKey: key }));
    } catch (error) {
      // What the signal of the options has interrupted may have been sent: its record says so.
      const open = error instanceof FilmgateError ? maybeBilled(error) : await this.#unfinished(key);
      const saved = this.#saved.read();
      if (saved?.key === key && !saved.handle) this.#saved.write(open && { ...saved, handle: open });
      throw error;
    }
  }

  /** The handle of a job in the store whose end is not known. */
  async #unfinished(key: string): Promise<Handle | undefined> {
    const job = await this.#client.job(key);
    return job && (!isFinal(job.status) || job.status === "submission_unknown") ? job.handle : undefined;
  }

  /** Tracks the saved job. */
  async #continue(run: Run): Promise<VideoResult | undefined> {
    const saved = this.#saved.read();
    const job = saved && (await this.#find(saved));
    if (run.isAborted) return undefined;
    // The tab that was asked to cancel it may have closed before it did.
    if (job && saved.cancel && !saved.ended) void job.cancel().catch(() => {});
    if (job) return this.#follow(run, job);
    // It was not stored, so nothing was sent, unless another tab is about to.
    if (run.isAlone) this.#saved.write(undefined);
    const { submit } = run;
    run.submit = undefined;
    if (submit) return submit(run);
    this.#set(IDLE);
    return undefined;
  }

  /** By the store's record or, if the store has not survived or fails, by the handle. */
  async #find({ key, handle }: Saved): Promise<Job | undefined> {
    const stored = await this.#client.job(key).catch((error: unknown) => {
      if (handle) return undefined;
      throw error;
    });
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

  async #cancel(run: Run, saved: Saved | undefined): Promise<CancelResult | undefined> {
    // A submit that was not answered is cancelled by its record.
    const job = run.job ?? (saved && (await this.#find(saved)));
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
    const saved = this.#saved.read();
    const handle = known?.handle ?? saved?.handle;
    // Any other, such as one of the store, says nothing about the job.
    const isAboutJob = known && (known.handle !== undefined || FINAL_CODES.has(known.code));
    const isUnfinished = isAboutJob ? continues(known) : saved !== undefined && !saved.ended;
    const ended = (known && ENDS[known.code]) ?? "failed";
    const { status: last } = this.#state;
    const status = isUnfinished && last !== "idle" ? last : ended;
    this.#set({
      ...{ status, isPending: false, error: error as FilmgateError },
      ...(handle && { handle }),
      ...(isUnfinished && { isUnfinished }),
    });
    if (handle && isAboutJob) this.#save(handle, isUnfinished ? {} : { status, ended: true });
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
    const { key, status, cancel } = saved;
    this.#saved.write({ key, handle, ...(status && { status }), ...(cancel && { cancel }), ...update });
  }

  #leave(): void {
    this.#run?.abort.abort();
    this.#run = undefined;
    this.#set(IDLE);
  }

  #set(state: VideoState): void {
    this.#state = state;
    for (const listener of [...this.#listeners]) notify(listener);
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
async function exclusively<T>(
  name: string | undefined,
  signal: AbortSignal,
  work: (isLocked: boolean) => Promise<T>,
): Promise<T> {
  const locks = globalThis.navigator?.locks;
  if (name === undefined || !locks) return work(false);
  let hasBegun = false;
  const begin = () => {
    hasBegun = true;
    return work(true);
  };
  try {
    return await (locks.request(name, { signal }, begin) as Promise<T>);
  } catch (error) {
    // A page without an origin of its own has locks, and may not use them.
    if (hasBegun || signal.aborted) throw error;
    return work(false);
  }
}

/** Whether the job of an error may continue. */
function continues(error: FilmgateError): boolean {
  const handle = maybeBilled(error);
  return handle !== undefined && handle.endedAt === undefined && !FINAL_CODES.has(error.code);
}

/** The handle of an error's job, if that may be billed. */
const maybeBilled = ({ charge, handle }: FilmgateError): Handle | undefined => (charge === "unknown" ? handle : undefined);

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

function notSaved(): FilmgateError {
  const message =
    "The page's `localStorage` is full or blocked, so a reload would not find the job, and nothing was sent. Free some of it, " +
    "or submit without an `id` (of the element: `session`).";
  return new FilmgateError({ code: "store_error", message, retryable: true });
}
