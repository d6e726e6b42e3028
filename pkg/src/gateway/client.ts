import { Client } from "../client/base.js";
import { FilmgateError } from "../error.js";
import { probeOptions } from "../client/options.js";
import { PROVIDERS } from "../client/planner.js";
import type {
  ValidationResult,
  FilmgateOptions,
  GatewaySettings,
  Handle,
  JobRecord,
  JobStatus,
  ProbeOptions,
  ProbeResult,
  Quote,
  ResumeOptions,
  StoredJob,
  SubmitOptions,
  VideoRequest,
} from "../types/index.js";
import { invalidOption } from "../util/options.js";
import { randomUUID } from "../util/uuid.js";
import { orAborted } from "../util/within.js";
import { JobEntry, storedOf } from "./job-entry.js";
import { fetchStatus } from "./track.js";
import { GatewayJob } from "./job.js";
import type { GatewayJobDeps } from "./job.js";
import { GatewayConnection } from "./connection.js";
import { withHostedImages, bodyOf } from "./request-body.js";
import { readBlobs } from "../util/images.js";
import { send } from "./submit.js";
import { unanswered } from "./errors.js";

const HOUR_MS = 3_600_000;

/** A client of a gateway. */
export class GatewayClient extends Client<GatewayJob> {
  readonly #connection: GatewayConnection;

  constructor(options: FilmgateOptions, gateway: GatewaySettings) {
    super(options, isRetryableFailure);
    this.#connection = new GatewayConnection(gateway, options);
  }

  override validate(request: VideoRequest): ValidationResult {
    return super.validate(withHostedImages(request));
  }

  protected override quoteOffline(request: VideoRequest): Quote[] {
    return super.quoteOffline(withHostedImages(request));
  }

  protected async quoteLive(): Promise<never> {
    const message = "A gateway has no live quotes. Call `quote` without `live`. Nothing was sent.";
    throw new FilmgateError({ code: "invalid_request", message });
  }

  async probe(options: ProbeOptions = {}): Promise<ProbeResult[]> {
    const { models } = probeOptions(options);
    const reason = "Only a client without a gateway can ask the providers.";
    return this.planner.listings(models).map((listing) => ({ ...listing, status: "unknown", reason }));
  }

  protected async submitDetached(request: VideoRequest, options: SubmitOptions): Promise<GatewayJob> {
    const job = await this.submitJob(request, options, true);
    await job.over;
    return job;
  }

  protected async submitJob(
    request: VideoRequest,
    options: SubmitOptions,
    detached = false,
  ): Promise<GatewayJob> {
    const { idempotencyKey, signal, webhook } = options;
    signal?.throwIfAborted();
    if (webhook) throw noWebhook();
    const uuid = () => idempotencyKey ?? randomUUID();
    const blobs = await readBlobs(request, options.timeoutMs ?? HOUR_MS, signal);
    // The gateway knows which providers it has API keys for.
    const [planned] = this.planner.plan(withHostedImages(request), options, PROVIDERS, uuid);
    const { handle, deadline } = planned!.state;
    const own: Handle = { ...handle, gateway: this.#connection.url };
    const body = bodyOf(request, options, blobs);
    const open = () => JobEntry.create(this.store, own, body);
    const job = this.#run(own, { open, isNew: true, detached, deadline, signal });
    await job.submitted;
    // If the gateway does not have the job, its error is thrown here.
    if (job.handle.jobId === undefined) await job.result();
    return job;
  }

  protected track(handle: Handle, options: ResumeOptions): GatewayJob {
    const { signal, timeoutMs = HOUR_MS, jobId } = options;
    const open = () => this.#find(handle, jobId);
    return this.#run(handle, { open, isNew: false, deadline: Date.now() + timeoutMs, signal });
  }

  /** Polls the job, or sends its create request again if that was not answered. */
  protected async pollOnce(handle: Handle, stop: AbortSignal, { jobId }: ResumeOptions): Promise<JobStatus> {
    stop.throwIfAborted();
    const entry = await orAborted(this.#find(handle, jobId), stop);
    if (entry.isFinal) return entry.stored;
    try {
      const isUnanswered = entry.handle.jobId === undefined;
      const request = isUnanswered ? send(entry, this.#connection, stop) : fetchStatus(entry.handle, this.#connection, stop);
      const { snapshot, waitMs } = await request;
      await entry.apply(snapshot);
      const { progress, etaMs } = snapshot.update;
      return {
        ...entry.stored,
        ...(progress !== undefined && { progress }),
        ...(etaMs !== undefined && { etaMs }),
        ...(entry.handle.endedAt === undefined && { nextPollAt: Date.now() + waitMs }),
      };
    } catch (error) {
      if (entry.record.error) return entry.stored;
      if (error instanceof FilmgateError && error.code === "result_expired") return deletedStatus(error, entry);
      throw unanswered(entry.handle, error);
    }
  }

  protected describe(record: JobRecord): StoredJob | undefined {
    // A shared store may contain anything.
    const { handle }: Partial<JobRecord> = Object(record);
    return handle?.gateway === this.#connection.url ? storedOf(record) : undefined;
  }

  async verifyWebhook(): Promise<never> {
    throw noWebhook();
  }

  async handleWebhook(): Promise<never> {
    throw noWebhook();
  }

  #find(handle: Handle, jobId: string | undefined): Promise<JobEntry> {
    return JobEntry.find(this.store, this.#connection.url, handle, jobId);
  }

  #run(handle: Handle, how: Omit<GatewayJobDeps, "connection" | "store" | "resume">): GatewayJob {
    const resume = (known: Handle) => this.resume(known);
    const job = new GatewayJob(handle, { ...how, connection: this.#connection, store: this.store, resume });
    this.registry.add(job, job.over);
    return job;
  }
}

/** Not stored as an end: another API key may find the job. */
function deletedStatus({ code, message, charge, retryable }: FilmgateError, { handle }: JobEntry): JobStatus {
  const { provider } = handle;
  return { handle, status: "expired", error: { code, message, charge, retryable, provider, handle } };
}

/** Whether the gateway rejected the request in a way that allows a retry. */
function isRetryableFailure(record: JobRecord): boolean {
  const { error, handle } = storedOf(record);
  return error?.retryable === true && handle.acceptedAt === undefined;
}

function noWebhook(): FilmgateError {
  const message =
    "A gateway receives the providers' webhooks itself, and posts to the URL that its admin has set for the API key. " +
    "Verify what it posts as a Standard Webhook, then call `status`.";
  return invalidOption("webhook", "unsupported", message);
}
