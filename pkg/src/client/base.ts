import { MAX_TIMER_MS } from "../util/sleep.js";
import { linkedController } from "../util/abort.js";
import { isFinal } from "../util/status.js";
import { bindMethods } from "../util/bind.js";
import { snapshotOf } from "../util/snapshot.js";
import { notify } from "../util/notify.js";
import { orAborted } from "../util/within.js";
import { download, openVideo } from "../download/download.js";
import type { EventReporter } from "./events.js";
import { JobRegistry } from "./job-registry.js";
import {
  DEFAULT_REQUEST_TIMEOUT_MS,
  downloadOptions,
  generateOptions,
  givenHandle,
  givenVideo,
  invalidHandle,
  jobId,
  jobsFilter,
  resumeOptions,
  submitOptions,
} from "./options.js";
import { memoryStore } from "../store/memory.js";
import { FilmgateError } from "../error.js";
import type {
  DownloadOptions,
  DownloadResult,
  FilmgateOptions,
  GenerateOptions,
  Handle,
  Issue,
  Job,
  JobClient,
  JobRecord,
  JobStatus,
  JobUpdate,
  ResumeOptions,
  Sink,
  StartedHandle,
  Store,
  StoredJob,
  SubmitOptions,
  Video,
  VideoRequest,
  VideoResult,
} from "../types/index.js";

/** A job that is tracked in this process. */
interface TrackedJob extends Job {
  /** Resolves once nothing of it continues, not even a late write. */
  readonly settled: Promise<unknown>;
  /** The last known status, without a request. */
  status(): JobStatus;
  /** Calls `onUpdate` with each update, before anyone else receives it. */
  observe(onUpdate: (update: JobUpdate) => void): void;
}

/** The ways to submit. */
export type Submit = "submitJob" | "submitDetached";

/** What all clients have in common: the jobs. */
export abstract class Client<TJob extends TrackedJob> implements JobClient {
  protected readonly store: Store;
  protected readonly registry: JobRegistry<TJob>;
  /** `isRetryableFailure`: whether a job failed before it was accepted, so that it may be submitted again. */
  constructor(
    protected readonly options: FilmgateOptions,
    isRetryableFailure: (record: JobRecord) => boolean,
    /** Undefined if nobody listens. */
    protected readonly events?: EventReporter | undefined,
  ) {
    bindMethods(this);
    this.store = options.store ?? memoryStore();
    this.registry = new JobRegistry(this.store, isRetryableFailure);
  }

  /** Submits a request. Resolves once it is accepted. */
  protected abstract submitJob(request: VideoRequest, options: SubmitOptions): Promise<TJob>;
  /** Submits a request. Resolves once nothing of it continues in this process. */
  protected abstract submitDetached(request: VideoRequest, options: SubmitOptions): Promise<TJob>;
  protected abstract track(handle: Handle, options: ResumeOptions): TJob;
  protected abstract pollOnce(handle: Handle, signal: AbortSignal, options: ResumeOptions): Promise<JobStatus>;
  /** The public view of a record; undefined if it belongs to another kind of client. */
  protected abstract describe(record: JobRecord): StoredJob | undefined;

  /** Submits a request, or returns the job that has its idempotency key. */
  protected once(request: VideoRequest, options: SubmitOptions, submit: Submit): Promise<TJob | Handle> {
    return this.registry.submitOnce(options, (options) => this[submit](request, options));
  }

  async submit(given: VideoRequest, how: SubmitOptions = {}): Promise<Job> {
    const [request, options] = [snapshotOf(given), submitOptions(how)];
    const job = await this.once(request, options, "submitJob");
    if ("handle" in job) return job;
    const { signal, timeoutMs } = options;
    return this.resume(job, { signal, timeoutMs });
  }

  async start(given: VideoRequest, how: SubmitOptions = {}): Promise<StartedHandle> {
    const [request, read] = [snapshotOf(given), submitOptions(how)];
    const job = await this.once(request, read, "submitDetached");
    if ("handle" in job) return withWarnings(job.handle, job.warnings);
    const known = await this.job(job.id).catch(() => undefined);
    return withWarnings(job, known?.warnings ?? []);
  }

  async generate(request: VideoRequest, options: GenerateOptions = {}): Promise<VideoResult> {
    const { onUpdate, ...submit } = generateOptions(options);
    const job = await this.submit(request, submit);
    for await (const update of job) notify(onUpdate, update);
    return job.result();
  }

  resume(handle: Handle, options: ResumeOptions = {}): Job {
    const given = givenHandle(handle);
    const read = resumeOptions(options);
    return this.registry.running.get(given.id) ?? this.track(given, read);
  }

  async status(handle: Handle, limits: ResumeOptions = {}): Promise<JobStatus> {
    const given = givenHandle(handle);
    const options = resumeOptions(limits);
    const running = this.registry.running.get(given.id);
    if (running) return running.status();
    const timeoutMs = options.timeoutMs ?? this.options.requestTimeoutMs ?? DEFAULT_REQUEST_TIMEOUT_MS;
    const { controller, unlisten } = linkedController(options.signal);
    // Another process may track the job and hold its lease for as long.
    const onTimeout = () => controller.abort(pollTimedOut(given));
    const timer = setTimeout(onTimeout, Math.min(timeoutMs, MAX_TIMER_MS));
    try {
      const stored = this.events && orAborted((async () => this.store.get(given.id))(), controller.signal);
      const before = await stored?.catch(() => undefined);
      const status = await this.pollOnce(given, controller.signal, { ...options, timeoutMs });
      this.events?.checked(before?.record?.handle ?? given, status);
      return status;
    } finally {
      clearTimeout(timer);
      unlisten();
    }
  }

  async jobs(filter: { pending?: boolean | undefined } = {}): Promise<StoredJob[]> {
    const { pending = false } = jobsFilter(filter);
    const entries = await this.fromStore(async (store) => [...(await store.list())]);
    const all = entries.flatMap((entry) => this.describe(Object(entry).record) ?? []);
    const jobs = all.filter(({ status }) => !pending || !isFinal(status));
    return jobs.sort((a, b) => b.handle.createdAt - a.handle.createdAt);
  }

  async job(id: string): Promise<StoredJob | undefined> {
    const { id: key } = jobId({ id });
    return this.describe(Object(await this.fromStore((store) => store.get(key))).record);
  }

  async deleteJob(handle: Handle): Promise<void> {
    const { id } = givenHandle(handle);
    if (typeof id !== "string") throw invalidHandle();
    await this.fromStore((store) => store.delete(id));
  }

  /** What the store returns, or a `store_error` if it fails. */
  protected async fromStore<T>(work: (store: Store) => Promise<T>): Promise<T> {
    try {
      return await work(this.store);
    } catch (cause) {
      if (cause instanceof FilmgateError) throw cause;
      throw new FilmgateError({ code: "store_error", message: "The store failed: see `cause`.", charge: "unknown", cause });
    }
  }

  download(video: Video, sink: Sink | string | URL, options?: DownloadOptions): Promise<DownloadResult>;
  download(video: Video, sink?: undefined, options?: DownloadOptions): Promise<Response>;
  async download(
    given: Video,
    sink?: Sink | string | URL,
    options: DownloadOptions = {},
  ): Promise<DownloadResult | Response> {
    const [video, read] = [givenVideo(given), downloadOptions(options)];
    const fetch = this.options.fetch ?? globalThis.fetch;
    // The sink of a response is its reader, which fails only by its wish.
    const isCancelled = () => sink === undefined || read.signal?.aborted === true;
    const onTransfer = (ended: Promise<DownloadResult>) => this.events?.download(ended, isCancelled);
    if (sink === undefined) return openVideo(fetch, video, read, onTransfer);
    const downloading = download(fetch, video, sink, read);
    onTransfer(downloading);
    return downloading;
  }
}

/** The handle, with its warnings as a field that no copy has. */
function withWarnings(handle: Handle, warnings: Issue[]): StartedHandle {
  return Object.defineProperty({ ...handle }, "warnings", { value: warnings }) as StartedHandle;
}

/** Another call held the job's lease until the timeout. */
function pollTimedOut(handle: Handle): FilmgateError {
  return new FilmgateError({
    code: "timeout",
    message: "The job could not be polled before the timeout. It continues: poll again later.",
    provider: handle.provider,
    charge: "unknown",
    handle,
  });
}
