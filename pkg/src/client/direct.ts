import { following } from "../util/abort.js";
import * as core from "../core/core.js";
import { Client } from "./base.js";
import { Connection } from "../driver/connection.js";
import { withImagesInline } from "../util/images.js";
import { FilmgateError } from "../error.js";
import { withJobId } from "./job-id.js";
import { RunningJob } from "../driver/job.js";
import type { Stage } from "../driver/job.js";
import { PROVIDERS } from "./planner.js";
import { randomUUID } from "../util/uuid.js";
import { addressFor, bodyOf, vouchedFor } from "./webhook.js";
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
  WebhookCall,
  WebhookNotice,
} from "../types/index.js";
import type { Step } from "../core/protocol.js";

// A submit that ended so has certainly made no job, and may be tried at the next provider.
const REJECTIONS: ReadonlySet<ErrorCode> = new Set<ErrorCode>([
  "rejected",
  "content_refused",
  "unauthorized",
  "insufficient_credits",
  "rate_limited",
  "model_unavailable",
  "network",
  "missing_key",
]);

// These are about the provider, whichever of its listings is asked.
const OF_ALL_LISTINGS: ReadonlySet<ErrorCode> = new Set<ErrorCode>([
  "unauthorized",
  "insufficient_credits",
  "network",
  "missing_key",
]);

/** A client that asks the providers itself, with their keys. */
export class DirectClient extends Client<RunningJob> {
  readonly #connections = new Map<ProviderId, Connection>();

  constructor(options: FilmgateOptions) {
    super(options, cameToNothing);
  }

  protected async letGo(request: VideoRequest, options: SubmitOptions): Promise<Handle> {
    const { controller: leave, unlisten } = following(options.signal);
    try {
      const job = await this.order(request, { ...options, signal: leave.signal });
      leave.abort();
      // A runtime that ends now must not take with it what is being stored.
      await job.over;
      return job.handle;
    } finally {
      unlisten();
    }
  }

  protected async order(request: VideoRequest, options: SubmitOptions): Promise<RunningJob> {
    options.signal?.throwIfAborted();
    const whole = withImagesInline(request);
    let left = this.#begin(whole, options);
    while (left[0]) {
      const [begun, ...others] = left;
      const step = await this.#withWebhook(begun, whole, options);
      const { handle } = step.state;
      left = [];
      const job = this.#run(handle, {
        begun: step,
        open: () => step,
        signal: options.signal,
        last: async () => {
          left = nextAfter(await refusal(job), handle, others);
          // A record that cannot be dropped tells of a refusal that cost nothing.
          if (left[0]) await this.store.delete(handle.key);
        },
      });
      await job.submitted;
      const error = await refusal(job);
      if (!error) return job;
      await job.over;
      if (!left[0]) throw error;
    }
    throw new FilmgateError({ code: "internal", message: "There was no order to submit." });
  }

  protected follow(handle: Handle, options: ResumeOptions): RunningJob {
    const { signal } = options;
    return this.#run(handle, { signal, open: this.#reopen(handle, options) });
  }

  protected async ask(
    handle: Handle,
    stop: AbortSignal,
    options: ResumeOptions,
  ): Promise<JobStatus> {
    const open = this.#reopen(handle, options);
    const job = new RunningJob(handle, { ...this.#surroundings(), open, signal: stop, once: true });
    await job.over;
    if (!job.failure || isEnd(job)) return job.status();
    throw job.failure.reason;
  }

  /** How to go on with a job once its lease is held; what left the store meanwhile is nobody's any longer. */
  #reopen(handle: Handle, { timeoutMs, jobId }: ResumeOptions): () => Promise<Step> {
    const key: unknown = handle.key;
    const look = async () => (typeof key === "string" ? this.store.get(key) : undefined);
    const before = look().catch(noError);
    return async () => {
      const entry = await look();
      if (!entry && (await before)) {
        throw unknown("The job has left the store: it was refused, or forgotten.", "unknown");
      }
      const record = entry?.record ?? handle;
      const { gateway } = entry?.record.handle ?? handle;
      if (gateway !== undefined) {
        throw unknown("A gateway has this job: give its handle to a client of that gateway.");
      }
      const settings = this.market.limits(timeoutMs);
      const step = core.resume(record, entry?.revision ?? 0, settings);
      if (!step) throw unknown("This is no handle of filmgate's, so no job can be found by it.");
      // A process that ended between the provider's answer and its record leaves a handle that knows more.
      const isBehind = entry !== undefined && entry.record.handle.jobId === undefined;
      const told = jobId ?? (isBehind ? handle.jobId : undefined);
      return told === undefined ? step : withJobId(step, told);
    };
  }

  protected describe(record: JobRecord): StoredJob | undefined {
    if (isGateways(record)) return undefined;
    return core.describe(record);
  }

  async readWebhook(provider: ProviderId, received: WebhookCall): Promise<WebhookNotice> {
    const { url, body, secret } = received;
    const key = await vouchedFor(provider, url, secret);
    const raw = bodyOf(body);
    const notice = core.readWebhook(provider, raw);
    // Runware calls a job by our own key.
    const isOthers = provider === "runware" && notice?.jobId !== key.toLowerCase();
    if (notice && !isOthers) return { ...notice, key, raw };
    throw new FilmgateError({
      code: "bad_answer",
      message: "The webhook's address is right, but its body does not tell of the same job.",
      provider,
    });
  }

  async hear(notice: WebhookNotice): Promise<Job> {
    const { provider, key, jobId, raw } = notice;
    const entry = this.known.running.has(key) ? undefined : await this.store.get(key);
    const running = this.known.running.get(key);
    const handle = running?.handle ?? entry?.record.handle;
    if (handle?.provider !== provider) {
      throw new FilmgateError({
        code: "unknown_job",
        message: "The webhook is about a job that is not in the store.",
        provider,
      });
    }
    const isLost = handle.jobId === undefined;
    const job = running ?? this.follow(handle, isLost ? { jobId } : {});
    running?.hint(raw);
    // RunPod tells an id once, and its receiver may end as soon as it has answered.
    if (isLost && provider === "runpod") await job.submitted;
    return job;
  }

  #connection(provider: ProviderId): Connection {
    const known = this.#connections.get(provider);
    if (known) return known;
    const connection = new Connection(provider, this.options);
    this.#connections.set(provider, connection);
    return connection;
  }

  /** The jobs to try. */
  #begin(request: VideoRequest, options: SubmitOptions): Step[] {
    const { webhook } = options;
    if (!webhook) return this.#plan(request, options);
    if (request.webhookUrl !== undefined) {
      throw new TypeError("Give either `webhookUrl` in the request or `webhook` in the options.");
    }
    return this.#plan({ ...request, webhookUrl: String(webhook.url) }, options);
  }

  /** The job begun once more where there is a webhook, now that its key, and so its address, is known. */
  async #withWebhook(begun: Step, request: VideoRequest, options: SubmitOptions): Promise<Step> {
    if (!options.webhook) return begun;
    const { handle, giveUpAt } = begun.state;
    const { provider, model, wireId, key } = handle;
    const webhookUrl = await addressFor(options.webhook, handle);
    const wishes = { ...options, provider, timeoutMs: giveUpAt - Date.now() };
    const again = this.#plan({ ...request, model, webhookUrl }, wishes, key);
    const same = again.find(({ state }) => state.handle.wireId === wireId);
    if (same) return same;
    throw new FilmgateError({
      code: "internal",
      message: "A webhook's address changed the order.",
    });
  }

  #plan(
    request: VideoRequest,
    options: SubmitOptions,
    key = options.key,
  ): Step[] {
    const keyed = PROVIDERS.filter((id) => this.#connection(id).ready);
    return this.market.plan(request, options, keyed, () => key ?? randomUUID());
  }

  #surroundings(): Pick<Stage, "store" | "connection"> {
    return { store: this.store, connection: (provider) => this.#connection(provider) };
  }

  #run(handle: Handle, how: Pick<Stage, "begun" | "open" | "last" | "signal">): RunningJob {
    const stage = { ...how, ...this.#surroundings() };
    const again = (known: Handle): Job => {
      const open = this.#reopen(known, {});
      return new RunningJob(known, { ...stage, begun: undefined, open, signal: undefined });
    };
    const job = new RunningJob(handle, { ...stage, again });
    this.known.run(job, job.result());
    job.result().then(({ handle: { provider, wireId, n } }) => {
      // How several at once relate to one is documented nowhere.
      if (job.ranMs !== undefined && n === 1) {
        this.market.runTimes.note(`${provider}:${wireId}`, job.ranMs);
      }
    }, noError);
    return job;
  }
}

/** Whether the job ended before any provider had it, in a way that lets it be tried again. */
function cameToNothing(record: JobRecord): boolean {
  if (isGateways(record)) return false;
  const job = core.describe(record);
  return job?.error?.retryable === true && job.handle.acceptedAt === undefined;
}

/** A store may be shared with a client of a gateway, and with others: what is in it can be anything. */
function isGateways(record: Partial<JobRecord> | null): boolean {
  return record?.handle?.gateway !== undefined;
}

function isEnd(job: RunningJob): boolean {
  return job.handle.endedAt !== undefined;
}

const noError = (): undefined => undefined;

function unknown(message: string, charge: Charge = "none"): FilmgateError {
  return new FilmgateError({ code: "unknown_job", message, charge });
}

/** The orders that may follow a refusal, where that is certain. */
function nextAfter(error: FilmgateError | undefined, { provider }: Handle, others: Step[]): Step[] {
  if (!error || error.charge !== "none" || !REJECTIONS.has(error.code)) return [];
  const isElsewhere = ({ state }: Step) => state.handle.provider !== provider;
  const left = OF_ALL_LISTINGS.has(error.code) ? others.filter(isElsewhere) : others;
  return left.filter(({ state }) => Date.now() < state.giveUpAt);
}

/** Why a job came to nothing before the provider had accepted it; whatever else was thrown goes on as it is. */
async function refusal(job: RunningJob): Promise<FilmgateError | undefined> {
  if (job.handle.acceptedAt !== undefined) return undefined;
  try {
    await job.result();
    return undefined;
  } catch (error) {
    if (error instanceof FilmgateError) return error;
    throw error;
  }
}
