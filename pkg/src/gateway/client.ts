import { following } from "../abort.js";
import { tooLate } from "../asked.js";
import { download } from "../download.js";
import { FilmgateError } from "../error.js";
import { KnownJobs } from "../known-jobs.js";
import { Market, PROVIDERS } from "../market.js";
import { memoryStore } from "../memory-store.js";
import type {
  CheckResult,
  Filmgate,
  FilmgateOptions,
  GatewaySettings,
  GenerateOptions,
  Handle,
  Job,
  JobRecord,
  JobStatus,
  Model,
  Outcome,
  Quote,
  ResumeOptions,
  Store,
  StoredJob,
  SubmitOptions,
  VideoRequest,
} from "../types.js";
import { randomUUID } from "../uuid.js";
import { LONGEST_WAIT_MS } from "../wire.js";
import { Entry } from "./entry.js";
import type { GatewayRecord } from "./entry.js";
import { look } from "./follow.js";
import { GatewayJob } from "./job.js";
import type { Stage } from "./job.js";
import { Line, REQUEST_MS } from "./line.js";
import { asKept, bodyOf } from "./order.js";
import { send } from "./submit.js";
import { unanswered } from "./trouble.js";

const HOUR_MS = 3_600_000;

/** A client of a gateway, with the interface of one that asks the providers itself. */
export class GatewayClient implements Filmgate {
  readonly #options: FilmgateOptions;
  readonly #line: Line;
  readonly #store: Store;
  readonly #market: Market;
  readonly #jobs: KnownJobs<GatewayJob>;

  constructor(options: FilmgateOptions, gateway: GatewaySettings) {
    this.#options = options;
    this.#line = new Line(gateway, options);
    this.#store = options.store ?? memoryStore();
    this.#market = new Market(options);
    this.#jobs = new KnownJobs(this.#store, cameToNothing);
  }

  models(): Model[] {
    return this.#market.models();
  }

  check(request: VideoRequest): CheckResult {
    return this.#market.check(asKept(request));
  }

  quote(request: VideoRequest): Quote[] {
    return this.#market.quote(asKept(request));
  }

  async submit(request: VideoRequest, options: SubmitOptions = {}): Promise<Job> {
    const { key, signal, timeoutMs } = options;
    const job = await this.#jobs.unless(key, () => this.#submit(request, options));
    if (job instanceof GatewayJob) return job;
    return this.resume(job, { ...(signal && { signal }), ...(timeoutMs !== undefined && { timeoutMs }) });
  }

  start(request: VideoRequest, options: SubmitOptions = {}): Promise<Handle> {
    return this.#jobs.unless(options.key, async () => {
      const job = await this.#submit(request, options, true);
      await job.over;
      return job.handle;
    });
  }

  async #submit(
    request: VideoRequest,
    options: SubmitOptions,
    letsGo = false,
  ): Promise<GatewayJob> {
    const { key, signal, webhook } = options;
    signal?.throwIfAborted();
    if (webhook) throw noWebhook();
    const uuid = () => key ?? randomUUID();
    // Whom it can reach, the gateway knows.
    const [planned] = this.#market.plan(asKept(request), options, PROVIDERS, uuid);
    const { handle, giveUpAt } = planned!.state;
    const ours: Handle = { ...handle, gateway: this.#line.url };
    const order = bodyOf(request, options);
    const job = this.#run(ours, {
      open: () => Entry.create(this.#store, ours, order),
      isNew: true,
      letsGo,
      giveUpAt,
      signal,
    });
    await job.submitted;
    // What came of it is told by the job, unless nobody has it.
    if (job.handle.jobId === undefined) await job.result();
    return job;
  }

  async generate(request: VideoRequest, options: GenerateOptions = {}): Promise<Outcome> {
    const job = await this.submit(request, options);
    if (options.onUpdate) {
      for await (const update of job) options.onUpdate(update);
    }
    return job.result();
  }

  resume(handle: Handle, { signal, timeoutMs = HOUR_MS, jobId }: ResumeOptions = {}): Job {
    // A handle can come from anyone, and be anything.
    const asked = Object(handle) as Handle;
    return (
      this.#jobs.running.get(asked.key) ??
      this.#run(asked, {
        open: () => Entry.find(this.#store, this.#line.url, asked, jobId),
        isNew: false,
        giveUpAt: Date.now() + timeoutMs,
        signal,
      })
    );
  }

  async status(handle: Handle, options: ResumeOptions = {}): Promise<JobStatus> {
    const asked = Object(handle) as Handle;
    const running = this.#jobs.running.get(asked.key);
    if (running) return running.status();
    const { signal, timeoutMs = this.#options.requestTimeoutMs ?? REQUEST_MS, jobId } = options;
    const { controller, unlisten } = following(signal);
    const late = () => controller.abort(tooLate(asked));
    const timer = setTimeout(late, Math.min(timeoutMs, LONGEST_WAIT_MS));
    try {
      return await this.#ask(asked, controller.signal, jobId);
    } finally {
      clearTimeout(timer);
      unlisten();
    }
  }

  /** Asks once: for the job, or with the order that has had no answer. */
  async #ask(asked: Handle, stop: AbortSignal, jobId?: string): Promise<JobStatus> {
    stop.throwIfAborted();
    const entry = await Entry.find(this.#store, this.#line.url, asked, jobId);
    if (entry.isFinal) return entry.stored;
    try {
      const isUnanswered = entry.handle.jobId === undefined;
      const ask = isUnanswered ? send(entry, this.#line, stop) : look(entry.handle, this.#line, stop);
      const { told, waitMs } = await ask;
      await entry.take(told);
      const { progress, etaMs } = told.update;
      return {
        ...entry.stored,
        ...(progress !== undefined && { progress }),
        ...(etaMs !== undefined && { etaMs }),
        ...(entry.handle.endedAt === undefined && { askAt: Date.now() + waitMs }),
      };
    } catch (error) {
      if (entry.record.error) return entry.stored;
      if (error instanceof FilmgateError && error.code === "expired") return goneStatus(error, entry);
      throw unanswered(entry.handle, error);
    }
  }

  async pending(): Promise<StoredJob[]> {
    return (await this.jobs()).filter(({ handle }) => handle.endedAt === undefined);
  }

  async jobs(): Promise<StoredJob[]> {
    const entries = await this.#store.list();
    const ours = entries.filter(({ record }) => record.handle.gateway === this.#line.url);
    const jobs = ours.map((entry) => Entry.of(this.#store, entry).stored);
    return jobs.sort((a, b) => b.handle.createdAt - a.handle.createdAt);
  }

  async forget(handle: Handle): Promise<void> {
    await this.#store.delete(handle.key);
  }

  download: Filmgate["download"] = (video, sink, options) =>
    download(this.#options.fetch ?? globalThis.fetch, video, sink, options);

  async readWebhook(): Promise<never> {
    throw noWebhook();
  }

  async hear(): Promise<never> {
    throw noWebhook();
  }

  #run(handle: Handle, how: Omit<Stage, "line" | "store" | "again">): GatewayJob {
    const again = (known: Handle) => this.resume(known);
    const job = new GatewayJob(handle, { ...how, line: this.#line, store: this.#store, again });
    this.#jobs.run(job, job.over);
    return job;
  }
}

/** No end that is kept: under the right token the job may be there. */
function goneStatus({ code, message, charge, retryable }: FilmgateError, { handle }: Entry): JobStatus {
  const { provider } = handle;
  return { handle, status: "expired", error: { code, message, charge, retryable, provider, handle } };
}

/** Whether the gateway turned the order away, in a way that lets it be tried again. */
function cameToNothing(record: JobRecord): boolean {
  const { error, handle } = record as GatewayRecord;
  return error?.retryable === true && handle.acceptedAt === undefined;
}

function noWebhook(): TypeError {
  return new TypeError(
    "A gateway hears the providers itself, and tells the address that its admin has set for the token. " +
      "Verify what it posts as a Standard Webhook, then ask for the job by `status`.",
  );
}
