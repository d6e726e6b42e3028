import { following } from "../util/abort.js";
import { pollTimedOut } from "../driver/poll-once.js";
import { download } from "../download/download.js";
import { KnownJobs } from "./job-registry.js";
import { Market } from "./planner.js";
import { memoryStore } from "../store/memory.js";
import type {
  CheckResult,
  Filmgate,
  FilmgateOptions,
  GenerateOptions,
  Handle,
  Job,
  JobRecord,
  JobStatus,
  Model,
  Outcome,
  ProviderId,
  Quote,
  ResumeOptions,
  Store,
  StoredJob,
  SubmitOptions,
  VideoRequest,
  WebhookCall,
  WebhookNotice,
} from "../types/index.js";
import { LONGEST_WAIT_MS } from "../core/protocol.js";

/** The time limit of one request, as the core has it. */
export const REQUEST_MS = 30_000;

/** A job that runs here. */
interface Running extends Job {
  /** As known at this moment, without asking. */
  status(): JobStatus;
}

/** What every client does alike, whomever it asks. */
export abstract class Client<Film extends Running> implements Filmgate {
  protected readonly store: Store;
  protected readonly market: Market;
  protected readonly known: KnownJobs<Film>;

  /** `cameToNothing`: whether a job ended before anyone had it, in a way that lets it be tried again. */
  constructor(
    protected readonly options: FilmgateOptions,
    cameToNothing: (record: JobRecord) => boolean,
  ) {
    this.store = options.store ?? memoryStore();
    this.market = new Market(options);
    this.known = new KnownJobs(this.store, cameToNothing);
  }

  /** Submits, and resolves once that is answered. */
  protected abstract order(request: VideoRequest, options: SubmitOptions): Promise<Film>;
  /** Submits, and resolves once nothing of it goes on here. */
  protected abstract letGo(request: VideoRequest, options: SubmitOptions): Promise<Handle>;
  protected abstract follow(handle: Handle, options: ResumeOptions): Film;
  protected abstract ask(handle: Handle, stop: AbortSignal, options: ResumeOptions): Promise<JobStatus>;
  /** A stored job as its owner may see it; `undefined` where it is another kind of client's. */
  protected abstract describe(record: JobRecord): StoredJob | undefined;
  abstract readWebhook(provider: ProviderId, received: WebhookCall): Promise<WebhookNotice>;
  abstract hear(notice: WebhookNotice): Promise<Job>;

  models(): Model[] {
    return this.market.models();
  }

  check(request: VideoRequest): CheckResult {
    return this.market.check(request);
  }

  quote(request: VideoRequest): Quote[] {
    return this.market.quote(request);
  }

  async submit(request: VideoRequest, options: SubmitOptions = {}): Promise<Job> {
    const { key, signal, timeoutMs } = options;
    const job = await this.known.unless(key, () => this.order(request, options));
    if ("handle" in job) return job;
    const limits = { ...(signal && { signal }), ...(timeoutMs !== undefined && { timeoutMs }) };
    return this.resume(job, limits);
  }

  start(request: VideoRequest, options: SubmitOptions = {}): Promise<Handle> {
    return this.known.unless(options.key, () => this.letGo(request, options));
  }

  async generate(request: VideoRequest, options: GenerateOptions = {}): Promise<Outcome> {
    const job = await this.submit(request, options);
    if (options.onUpdate) {
      for await (const update of job) options.onUpdate(update);
    }
    return job.result();
  }

  resume(handle: Handle, options: ResumeOptions = {}): Job {
    // A handle can come from anyone, and be anything.
    const asked = Object(handle) as Handle;
    return this.known.running.get(asked.key) ?? this.follow(asked, options);
  }

  async status(handle: Handle, options: ResumeOptions = {}): Promise<JobStatus> {
    const asked = Object(handle) as Handle;
    const running = this.known.running.get(asked.key);
    if (running) return running.status();
    const timeoutMs = options.timeoutMs ?? this.options.requestTimeoutMs ?? REQUEST_MS;
    const { controller, unlisten } = following(options.signal);
    // The job may be running elsewhere, and its lease be held for as long.
    const late = () => controller.abort(pollTimedOut(asked));
    const timer = setTimeout(late, Math.min(timeoutMs, LONGEST_WAIT_MS));
    try {
      return await this.ask(asked, controller.signal, { ...options, timeoutMs });
    } finally {
      clearTimeout(timer);
      unlisten();
    }
  }

  async pending(): Promise<StoredJob[]> {
    const ends = new Set(["completed", "failed", "cancelled", "expired", "submission_unknown"]);
    return (await this.jobs()).filter((job) => !ends.has(job.status));
  }

  async jobs(): Promise<StoredJob[]> {
    const entries = await this.store.list();
    const jobs = entries.map(({ record }) => this.describe(record));
    const known = jobs.filter((job) => job !== undefined);
    return known.sort((a, b) => b.handle.createdAt - a.handle.createdAt);
  }

  async forget(handle: Handle): Promise<void> {
    await this.store.delete(handle.key);
  }

  download: Filmgate["download"] = (video, sink, options) =>
    download(this.options.fetch ?? globalThis.fetch, video, sink, options);
}
