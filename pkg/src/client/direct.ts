import { linkedController } from "../util/abort.js";
import * as core from "../core/core.js";
import { Client, DEFAULT_REQUEST_TIMEOUT_MS } from "./base.js";
import { Connection } from "../driver/connection.js";
import { inlineImages } from "../util/images.js";
import { FilmgateError } from "../error.js";
import { DirectJob } from "../driver/job.js";
import type { JobDeps } from "../driver/job.js";
import { webhookEvent, webhookRequest } from "./options.js";
import { PROVIDERS } from "./planner.js";
import { invalidOption } from "../util/options.js";
import { randomUUID } from "../util/uuid.js";
import { parseBody, signedWebhookUrl, verifyWebhookUrl } from "./webhook.js";
import type {
  Charge,
  ErrorCode,
  FilmgateOptions,
  Handle,
  Job,
  JobRecord,
  JobStatus,
  ProviderId,
  ResumeOptions,
  StoredJob,
  SubmitOptions,
  VideoRequest,
  WebhookRequest,
  WebhookEvent,
} from "../types/index.js";
import type { Step } from "../core/protocol.js";

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

/** A client that calls the providers directly, with their API keys. */
export class DirectClient extends Client<DirectJob> {
  readonly #connections = new Map<ProviderId, Connection>();

  constructor(options: FilmgateOptions) {
    super(options, isRetryableFailure);
  }

  protected async submitDetached(request: VideoRequest, options: SubmitOptions): Promise<Handle> {
    const { controller, unlisten } = linkedController(options.signal);
    try {
      const job = await this.submitJob(request, { ...options, signal: controller.signal });
      controller.abort();
      // The runtime may end after this call. Writes must be finished by then.
      await job.closed;
      return job.handle;
    } finally {
      unlisten();
    }
  }

  protected async submitJob(request: VideoRequest, options: SubmitOptions): Promise<DirectJob> {
    options.signal?.throwIfAborted();
    const whole = inlineImages(request);
    let candidates = this.#submittable(this.#planJobs(whole, options));
    while (candidates[0]) {
      const [planned, ...others] = candidates;
      const step = await this.#withWebhook(planned, whole, options);
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
      });
      await job.submitted;
      const error = await rejectionOf(job);
      if (!error) return job;
      await job.closed;
      if (!candidates[0]) throw error;
    }
    throw new FilmgateError({ code: "internal_error", message: "The plan has no job to submit." });
  }

  /** The jobs that can be sent once. Throws if there is none. */
  #submittable(planned: Step[]): Step[] {
    const refusals = planned.map(({ state }) => this.#connection(state.handle.provider).refusal());
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
    const job = new DirectJob(handle, { ...this.#deps(), load, signal, timeoutMs, pollOnce: true });
    await job.closed;
    if (!job.failure || hasEnded(job)) return job.status();
    throw job.failure.reason;
  }

  /** Returns a function that loads a job once its lease is held. It fails if the job has left the store meanwhile. */
  #loader(handle: Handle, { timeoutMs, jobId }: ResumeOptions): () => Promise<Step> {
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
      const settings = this.planner.settings(timeoutMs);
      const step = core.resume(record, entry?.revision ?? 0, settings);
      if (!step) throw notFound("This is not a valid handle.");
      // A process that ended between the response and the write leaves a handle that is newer than the record.
      const isRecordOlder = entry !== undefined && entry.record.handle.jobId === undefined;
      const knownId = jobId ?? (isRecordOlder ? handle.jobId : undefined);
      return knownId === undefined ? step : withJobId(step, knownId);
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
    const entry = this.registry.running.has(id) ? undefined : await this.store.get(id);
    const running = this.registry.running.get(id);
    const handle = running?.handle ?? entry?.record.handle;
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

  /** The jobs to try, in order. */
  #planJobs(request: VideoRequest, options: SubmitOptions): Step[] {
    const { webhook } = options;
    if (!webhook) return this.#plan(request, options);
    if (request.webhookUrl !== undefined) {
      const message = "Pass either `webhookUrl` in the request or `webhook` in the options, not both.";
      throw invalidOption("webhook", "conflict", message);
    }
    return this.#plan({ ...request, webhookUrl: String(webhook.url) }, options);
  }

  /** Plans the job again with the signed webhook URL, which depends on the id from the first plan. */
  async #withWebhook(planned: Step, request: VideoRequest, options: SubmitOptions): Promise<Step> {
    if (!options.webhook) return planned;
    const { handle, deadline } = planned.state;
    const { provider, model, providerModelId, id } = handle;
    const webhookUrl = await signedWebhookUrl(options.webhook, provider, id);
    const narrowed = { ...options, provider, timeoutMs: deadline - Date.now() };
    const again = this.#plan({ ...request, model, webhookUrl }, narrowed, id);
    const same = again.find(({ state }) => state.handle.providerModelId === providerModelId);
    if (same) return same;
    throw new FilmgateError({
      code: "internal_error",
      message: "The signed webhook URL changed the plan.",
    });
  }

  #plan(
    request: VideoRequest,
    options: SubmitOptions,
    id = options.idempotencyKey,
  ): Step[] {
    const providers = PROVIDERS.filter((provider) => this.#connection(provider).ready);
    return this.planner.plan(request, options, providers, () => id ?? randomUUID());
  }

  #deps(): Pick<JobDeps, "store" | "connection" | "requestTimeoutMs"> {
    const { requestTimeoutMs = DEFAULT_REQUEST_TIMEOUT_MS } = this.options;
    return { store: this.store, connection: (provider) => this.#connection(provider), requestTimeoutMs };
  }

  #run(handle: Handle, how: Pick<JobDeps, "initialStep" | "load" | "onFinish" | "signal" | "timeoutMs">): DirectJob {
    const deps = { ...how, ...this.#deps() };
    const reopen = (known: Handle, timeoutMs: number): Job => {
      const load = this.#loader(known, { timeoutMs });
      return new DirectJob(known, { ...deps, initialStep: undefined, load, timeoutMs, signal: undefined });
    };
    const job = new DirectJob(handle, { ...deps, reopen });
    this.registry.add(job, job.result());
    job.result().then(({ handle: { provider, providerModelId, n } }) => {
      // The run time of several videos in one job says nothing about that of one.
      if (job.executionTimeMs !== undefined && n === 1) {
        this.planner.runTimeHistory.record(`${provider}:${providerModelId}`, job.executionTimeMs);
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
  if (!next) throw new TypeError("`jobId` must be a string.");
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
function fallbacksAfter(error: FilmgateError | undefined, { provider }: Handle, others: Step[]): Step[] {
  if (!error || error.charge !== "none" || !REJECTIONS.has(error.code)) return [];
  const isOtherProvider = ({ state }: Step) => state.handle.provider !== provider;
  const left = PROVIDER_WIDE.has(error.code) ? others.filter(isOtherProvider) : others;
  return left.filter(({ state }) => Date.now() < state.deadline);
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
