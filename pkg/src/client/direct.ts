import { reporterOf } from "./events.js";
import { linkedController } from "../util/abort.js";
import * as core from "../core/core.js";
import { Client } from "./base.js";
import type { Submit } from "./base.js";
import { withCatalog } from "./catalog.js";
import { Connection } from "../driver/connection.js";
import { inlineImages, inlineImagesSync, readBlobs } from "../util/images.js";
import { FilmgateError } from "../error.js";
import { DirectJob } from "../driver/job.js";
import type { JobDeps } from "../driver/job.js";
import { cancelElsewhere, readOnly, storedStatus } from "./elsewhere.js";
import type { quoteByDryRun } from "./dry-run.js";
import { DEFAULT_REQUEST_TIMEOUT_MS, invalidHandle, probeOptions, webhookEvent, webhookRequest } from "./options.js";
import { PROVIDERS, attempt, cheapestFirst, isSameListing } from "./planner.js";
import type { probe } from "./probe.js";
import { assertSameRequest, requestDigest } from "./same-request.js";
import { uploadImages } from "./upload.js";
import { invalidOption } from "../util/options.js";
import { snapshotOf } from "../util/snapshot.js";
import { randomUUID } from "../util/uuid.js";
import { orAborted, within } from "../util/within.js";
import { parseBody, signedWebhookUrl, verifyWebhookUrl } from "./webhook.js";
import type {
  CancelResult,
  Charge,
  ErrorCode,
  Filmgate,
  FilmgateOptions,
  Handle,
  Job,
  JobRecord,
  JobStatus,
  ProbeOptions,
  ProbeResult,
  ProviderId,
  Quote,
  QuoteOptions,
  ResumeOptions,
  StoredJob,
  SubmitOptions,
  VideoRequest,
  WebhookRequest,
  WebhookEvent,
} from "../types/index.js";
import type { Step } from "../core/state.js";

/** Default time to wait for a job. The core has the same. */
const DEFAULT_TIMEOUT_MS = 3_600_000;

/** A submit with one of these errors has certainly not created a job. The next listing may be tried. */
const REJECTIONS: ReadonlySet<ErrorCode> = new Set<ErrorCode>([
  "bad_request",
  "content_policy_violation",
  "unauthorized",
  "insufficient_quota",
  "rate_limited",
  "model_unavailable",
  "connection_error",
  "missing_api_key",
]);

/** These errors concern all listings of a provider. */
const PROVIDER_WIDE: ReadonlySet<ErrorCode> = new Set<ErrorCode>([
  "unauthorized",
  "insufficient_quota",
  "connection_error",
  "missing_api_key",
]);

const UNSAFE_STORE =
  "filmgate: jobs are kept in memory. A video that RunPod makes is paid and lost if this process ends before it is " +
  "there. Pass a `store` to createFilmgate, such as one of filmgate/node; memoryStore() if that is intended.";

/** A status waits so long for the lease, in milliseconds. After that another process has it. */
const STATUS_LEASE_MS = 500;

let hasWarned = false;

/** A planned job, and whether its listing requires images that have to be uploaded. */
interface Candidate {
  step: Step;
  needsUpload: boolean;
}

/** How the providers are asked without a job. The gateway does without, so that its upload is smaller. */
export interface FreeCalls {
  quoteByDryRun: typeof quoteByDryRun;
  probe: typeof probe;
}

/** A client that calls the providers directly, with their API keys. */
export class DirectClient extends withCatalog(Client<DirectJob>) implements Filmgate {
  readonly #connections = new Map<ProviderId, Connection>();

  constructor(
    options: FilmgateOptions,
    readonly free?: FreeCalls,
  ) {
    super(options, isRetryableFailure, reporterOf(options));
  }

  protected async submitDetached(request: VideoRequest, options: SubmitOptions): Promise<DirectJob> {
    const { controller, unlisten } = linkedController(options.signal);
    try {
      const job = await this.submitJob(request, { ...options, signal: controller.signal });
      controller.abort();
      // The runtime may end after this call. Writes must be finished by then.
      await job.closed;
      return job;
    } finally {
      unlisten();
    }
  }

  protected async submitJob(request: VideoRequest, given: SubmitOptions): Promise<DirectJob> {
    given.signal?.throwIfAborted();
    const { timeoutMs = DEFAULT_TIMEOUT_MS } = given;
    const due = performance.now() + timeoutMs;
    const whole = inlineImages(request, await readBlobs(request, timeoutMs, given.signal));
    const { idempotencyKey: key } = given;
    const digest = key === undefined ? undefined : await requestDigest(key, whole);
    const options = { ...given, timeoutMs: Math.max(due - performance.now(), 0) };
    let candidates = this.#submittable(this.#planJobs(whole, options));
    let uploaded: VideoRequest | undefined;
    while (candidates[0]) {
      const [candidate, ...others] = candidates;
      const { needsUpload } = candidate;
      if (needsUpload) uploaded ??= await this.#upload(whole, due - performance.now(), options.signal);
      const planned = await this.#complete(candidate, (needsUpload && uploaded) || whole, options);
      const step = { ...planned, requestDigest: digest };
      const { handle } = step.state;
      candidates = [];
      const job = this.#run(handle, {
        initialStep: step,
        timeoutMs: step.state.deadline - Date.now(),
        load: () => step,
        signal: options.signal,
        onFinish: async () => {
          candidates = fallbacksAfter(await rejectionOf(job), handle, others);
          // If the record cannot be deleted, it describes a rejection that cost nothing.
          if (candidates[0]) await this.store.delete(handle.id);
        },
      }, request);
      await job.submitted;
      const error = await rejectionOf(job);
      if (!error) return job;
      await job.closed;
      if (!candidates[0]) throw error;
    }
    throw new FilmgateError({ code: "internal_error", message: "The plan has no job to submit." });
  }

  protected override async once(
    request: VideoRequest,
    options: SubmitOptions,
    submit: Submit,
  ): Promise<DirectJob | Handle> {
    const job = await super.once(request, options, submit);
    if ("handle" in job) return job;
    const reading = within(this.store.get(job.id), DEFAULT_REQUEST_TIMEOUT_MS, ignore, options.signal);
    const entry = await reading.catch(ignore);
    await assertSameRequest(job, entry?.record.requestDigest, request, options);
    return job;
  }

  /** The jobs that can be sent once. Throws if there is none. */
  #submittable(planned: Candidate[]): Candidate[] {
    const refusals = planned.map(({ step }) => this.#connection(step.state.handle.provider).refusal());
    const [first] = refusals;
    if (first && refusals.every(Boolean)) throw first;
    return planned.filter((_, at) => !refusals[at]);
  }

  protected track(handle: Handle, options: ResumeOptions): DirectJob {
    const { signal, timeoutMs = DEFAULT_TIMEOUT_MS } = options;
    return this.#run(handle, { signal, timeoutMs, load: this.#loader(handle, options) });
  }

  protected async pollOnce(
    handle: Handle,
    signal: AbortSignal,
    options: ResumeOptions,
  ): Promise<JobStatus> {
    const load = this.#loader(handle, options);
    const { timeoutMs = DEFAULT_TIMEOUT_MS } = options;
    const { controller, unlisten } = linkedController(signal);
    const how = { load, signal: controller.signal, timeoutMs, pollOnce: true };
    const job = new DirectJob(handle, { ...this.#deps(), ...how });
    try {
      const isHeld = !(await job.leased(STATUS_LEASE_MS));
      const known = isHeld && (await orAborted(this.#stored(handle), signal).catch(ignore));
      if (known && !(await job.leased(0))) {
        controller.abort();
        return storedStatus(known);
      }
      await job.closed;
      if (!job.failure || hasEnded(job)) return job.status();
      throw job.failure.reason;
    } finally {
      unlisten();
    }
  }

  /** The job as its record has it. */
  async #stored({ id }: Handle): Promise<StoredJob | undefined> {
    const entry = typeof id === "string" ? await this.store.get(id) : undefined;
    return entry?.record.handle?.id === id ? this.describe(entry!.record) : undefined;
  }

  #cancelElsewhere(handle: Handle): Promise<CancelResult> {
    const open = (signal: AbortSignal) => {
      const timeoutMs = DEFAULT_REQUEST_TIMEOUT_MS;
      const load = this.#loader(handle, { timeoutMs });
      return new DirectJob(handle, { ...this.#deps(), store: readOnly(this.store), load, signal, timeoutMs });
    };
    return cancelElsewhere(handle, () => this.#stored(handle), open);
  }

  /** Returns a function that loads a job once its lease is held. It fails if the job has left the store meanwhile. */
  #loader(handle: Handle, { timeoutMs, jobId, request }: ResumeOptions): () => Promise<Step> {
    const id: unknown = handle.id;
    const load = async () => (typeof id === "string" ? this.store.get(id) : undefined);
    const before = load().catch(ignore);
    return async () => {
      const entry = await load();
      if (!entry && (await before)) {
        throw notFound("The job is no longer in the store: it was rejected or deleted.", "unknown");
      }
      if (entry && entry.record.handle?.id !== id) {
        throw notFound("The store has the record of another job under this id. It is not resumed.", "unknown");
      }
      const record = entry?.record ?? handle;
      const { gateway } = entry?.record.handle ?? handle;
      if (gateway !== undefined) {
        throw notFound("This is a job of a gateway. Pass its handle to a client of that gateway.");
      }
      const { model } = entry?.record.handle ?? handle;
      const settings = this.planner.jobSettings(model, timeoutMs, request && inlineImagesSync(request));
      const step = core.resume(record, entry?.revision ?? 0, settings);
      if (!step) throw invalidHandle();
      // A process that ended between the response and the write leaves a handle that is newer than the record.
      const isRecordOlder = entry !== undefined && entry.record.handle.jobId === undefined;
      const knownId = jobId ?? (isRecordOlder ? handle.jobId : undefined);
      const digest = entry?.record.requestDigest;
      const known = knownId === undefined ? step : withJobId(step, knownId);
      return typeof digest === "string" ? { ...known, requestDigest: digest } : known;
    };
  }

  protected describe(record: JobRecord): StoredJob | undefined {
    if (isGatewayJob(record)) return undefined;
    return core.describe(record);
  }

  async verifyWebhook(request: WebhookRequest): Promise<WebhookEvent> {
    const { url, body, secret } = webhookRequest(request);
    const { provider, id } = await verifyWebhookUrl(url, secret);
    const raw = parseBody(body);
    const payload = core.readWebhookBody(provider, raw);
    // Runware's id of a job is our own.
    const isOtherJob = provider === "runware" && payload?.jobId !== id.toLowerCase();
    if (payload && !isOtherJob) return { ...payload, id, raw };
    throw new FilmgateError({
      code: "invalid_response",
      message: "The webhook URL is valid, but the body is not about the same job.",
      provider,
    });
  }

  async handleWebhook(event: WebhookEvent): Promise<Job> {
    const { provider, id, jobId, raw } = webhookEvent(event);
    const entry = this.registry.running.has(id) ? undefined : await this.fromStore((store) => store.get(id));
    const running = this.registry.running.get(id);
    const handle = running?.handle ?? entry?.record?.handle;
    if (!handle || handle.provider !== provider) {
      throw new FilmgateError({
        code: "job_not_found",
        message: "The webhook is about a job that is not in the store.",
        provider,
      });
    }
    const hasNoJobId = handle.jobId === undefined;
    const job = running ?? this.track(handle, hasNoJobId ? { jobId } : {});
    running?.onWebhook(raw);
    // The webhook may be the only source of RunPod's id, and the receiver may end after its response.
    if (hasNoJobId && provider === "runpod") await job.submitted;
    return job;
  }

  #connection(provider: ProviderId): Connection {
    const known = this.#connections.get(provider);
    if (known) return known;
    const connection = new Connection(provider, this.options);
    this.#connections.set(provider, connection);
    return connection;
  }

  override async quoteLive(given: VideoRequest, { signal }: QuoteOptions): Promise<readonly Quote[]> {
    const request = snapshotOf(given);
    signal?.throwIfAborted();
    const quotes = this.quoteOffline(request);
    const isPriced = (quote: Quote) => quote.available && quote.provider === "runware";
    // Without a model, a request would be sent for each one.
    if (attempt(() => request.model) != null && !quotes.some(isPriced)) return quotes;
    const connection = this.#connection("runware");
    const limitMs = this.options.requestTimeoutMs ?? DEFAULT_REQUEST_TIMEOUT_MS;
    const deps = { connection, store: this.store, settings: this.planner.settings(), limitMs };
    const whole = inlineImages(request, await readBlobs(request, limitMs, signal));
    const priced = this.#plan(whole, { provider: "runware" }).map(async (step) => {
      const quote = quotes.find((one) => isPriced(one) && isSameListing(one, step.state.handle));
      return quote?.available && this.free ? [await this.free.quoteByDryRun(quote, step, deps, signal)] : [];
    });
    const live = (await allSettled(priced)).flat();
    return cheapestFirst(quotes.map((quote) => live.find((one) => isSameListing(one, quote)) ?? quote));
  }

  async probe(options: ProbeOptions = {}): Promise<ProbeResult[]> {
    const { models, signal } = probeOptions(options);
    const limitMs = this.options.requestTimeoutMs ?? DEFAULT_REQUEST_TIMEOUT_MS;
    const connectionOf = (provider: ProviderId) => this.#connection(provider);
    return Promise.all(
      this.planner.listings(models).flatMap((listing) => this.free?.probe(listing, connectionOf, limitMs, signal) ?? []),
    );
  }

  /** The jobs to try, in order. */
  #planJobs(request: VideoRequest, options: SubmitOptions): Candidate[] {
    const { webhook } = options;
    if (webhook && request.webhookUrl !== undefined) {
      const message = "Pass either `webhookUrl` in the request or `webhook` in the options, not both.";
      throw invalidOption("webhook", "conflict", message);
    }
    const plan = (given: VideoRequest) =>
      this.#plan(webhook ? { ...given, webhookUrl: String(webhook.url) } : given, options);
    const hosted = this.planner.withUploads(request);
    if (!hosted) return plan(request).map((step) => ({ step, needsUpload: false }));
    // A listing that takes the bytes needs no upload, and its price may depend on them.
    const direct = attempt(() => plan(request)) ?? [];
    const uploaded = direct.length > 0 ? attempt(() => plan(hosted)) : plan(hosted);
    const isDirect = ({ state }: Step) => direct.some((step) => isSameListing(step.state.handle, state.handle));
    const others = (uploaded ?? []).filter((step) => !isDirect(step));
    return [
      ...direct.map((step) => ({ step, needsUpload: false })),
      ...others.map((step) => ({ step, needsUpload: true })),
    ].sort(byPreference(options));
  }

  /**
   * Plans the job again if something was not known before: the URLs of uploaded images, and the signed webhook URL, which
   * depends on the id from the first plan.
   */
  async #complete(candidate: Candidate, request: VideoRequest, options: SubmitOptions): Promise<Step> {
    const { step, needsUpload } = candidate;
    const { webhook } = options;
    if (!webhook && !needsUpload) return step;
    const { handle, deadline } = step.state;
    const { provider, model, id } = handle;
    const webhookUrl = webhook && (await signedWebhookUrl(webhook, provider, id));
    const narrowed = { ...options, provider, timeoutMs: deadline - Date.now() };
    const known = { ...request, model, ...(webhookUrl !== undefined && { webhookUrl }) };
    const again = this.#plan(known, narrowed, id);
    const same = again.find(({ state }) => isSameListing(state.handle, handle));
    if (same) return same;
    throw new FilmgateError({
      code: "internal_error",
      message: "The URL of the webhook or of an image changed the plan. Nothing was sent.",
    });
  }

  #upload(request: VideoRequest, timeoutMs: number, signal: AbortSignal | undefined): Promise<VideoRequest> {
    const { upload, requestTimeoutMs: limitMs = DEFAULT_REQUEST_TIMEOUT_MS } = this.options;
    const runware = () => this.#connection("runware");
    return upload ? uploadImages(request, { upload, runware, limitMs, timeoutMs }, signal) : Promise.resolve(request);
  }

  #plan(
    request: VideoRequest,
    options: SubmitOptions,
    id = options.idempotencyKey,
  ): Step[] {
    const providers = PROVIDERS.filter((provider) => this.#connection(provider).ready);
    return this.planner.plan(request, options, () => id ?? randomUUID(), providers);
  }

  #deps(): Pick<JobDeps, "store" | "connection" | "requestTimeoutMs"> {
    const { requestTimeoutMs = DEFAULT_REQUEST_TIMEOUT_MS } = this.options;
    return { store: this.store, connection: (provider) => this.#connection(provider), requestTimeoutMs };
  }

  /** Once, on a server that calls RunPod itself. Runware finds a lost job by its id. */
  #warnOfMemory(provider: ProviderId): void {
    const { store, fetch, runpod } = this.options;
    const isPage = typeof (globalThis as { location?: Location }).location?.href === "string";
    if (hasWarned || store || fetch || runpod?.baseURL !== undefined || isPage || provider !== "runpod") return;
    hasWarned = true;
    console.warn(UNSAFE_STORE);
  }

  /** `request`: that of a new job. */
  #run(
    handle: Handle,
    how: Pick<JobDeps, "initialStep" | "load" | "onFinish" | "signal" | "timeoutMs">,
    request?: VideoRequest,
  ): DirectJob {
    const deps = { ...how, ...this.#deps(), cancelElsewhere: (known: Handle) => this.#cancelElsewhere(known) };
    const reopen = (known: Handle, timeoutMs: number): Job => {
      const load = this.#loader(known, { timeoutMs });
      const job = new DirectJob(known, { ...deps, initialStep: undefined, load, timeoutMs, signal: undefined });
      this.events?.follow(job, job.closed);
      return job;
    };
    if (request) this.#warnOfMemory(handle.provider);
    const job = new DirectJob(handle, { ...deps, reopen });
    this.registry.add(job, job.result());
    this.events?.follow(job, job.closed, request);
    job.result().then(({ handle }) => {
      // The run time of several videos in one job says nothing about that of one.
      if (job.executionTimeMs !== undefined && handle.n === 1) {
        this.planner.runTimeHistory.record(handle, job.executionTimeMs);
      }
    }, ignore);
    return job;
  }
}

/**
 * The job with the id that the provider reportedly has for it, if it had none. The job is no longer final, so that
 * outputs about its end are dropped, except for writes.
 */
function withJobId(step: Step, jobId: string): Step {
  const next = core.advance(step.state, { type: "job_id", jobId });
  if (!next) throw notFound("This is not a valid handle: its `jobId` must be a string.", "unknown");
  if (next.state.handle.jobId === step.state.handle.jobId) return step;
  const saves = step.outputs.filter(({ type }) => type === "save");
  return { state: next.state, outputs: [...saves, ...next.outputs] };
}

/** Whether the job failed before any provider accepted it, so that it may be submitted again. */
function isRetryableFailure(record: JobRecord): boolean {
  if (isGatewayJob(record)) return false;
  const job = core.describe(record);
  return job?.error?.retryable === true && job.handle.acceptedAt === undefined;
}

/** A store may be shared with a gateway's client and with other programs: a record can be anything. */
function isGatewayJob(record: Partial<JobRecord> | null): boolean {
  return record?.handle?.gateway !== undefined;
}

function hasEnded(job: DirectJob): boolean {
  return job.handle.endedAt !== undefined;
}

const ignore = (): undefined => undefined;

function notFound(message: string, charge: Charge = "none"): FilmgateError {
  return new FilmgateError({ code: "job_not_found", message, charge });
}

/** The jobs to try after a rejection. None, unless it is certain that nothing was created or billed. */
function fallbacksAfter(error: FilmgateError | undefined, { provider }: Handle, others: Candidate[]): Candidate[] {
  if (!error || error.charge !== "none" || !REJECTIONS.has(error.code)) return [];
  const isOtherProvider = ({ step }: Candidate) => step.state.handle.provider !== provider;
  const left = PROVIDER_WIDE.has(error.code) ? others.filter(isOtherProvider) : others;
  return left.filter(({ step }) => Date.now() < step.state.deadline);
}

/** The caller's order of providers, then the price, as the core orders one plan. */
function byPreference({ provider }: SubmitOptions): (a: Candidate, b: Candidate) => number {
  const order: readonly string[] = Array.isArray(provider) ? provider : [];
  const rank = ({ step }: Candidate) => order.indexOf(step.state.handle.provider);
  const price = ({ step }: Candidate) => step.state.handle.quote?.max ?? Number.MAX_SAFE_INTEGER;
  return (a, b) => rank(a) - rank(b) || price(a) - price(b);
}

/** All results, once no call is left running; or the first error. */
async function allSettled<T>(calls: Promise<T>[]): Promise<T[]> {
  await Promise.allSettled(calls);
  return Promise.all(calls);
}

/** The error of a job that the provider has not accepted. Other errors, such as an abort reason, are thrown. */
async function rejectionOf(job: DirectJob): Promise<FilmgateError | undefined> {
  if (job.handle.acceptedAt !== undefined) return undefined;
  try {
    await job.result();
    return undefined;
  } catch (error) {
    if (error instanceof FilmgateError) return error;
    throw error;
  }
}
