import type { EventReporter } from "../client/events.js";
import { Client } from "../client/base.js";
import { FilmgateError } from "../error.js";
import type {
  FilmgateOptions,
  Handle,
  JobRecord,
  JobStatus,
  ResumeOptions,
  StoredJob,
  SubmitOptions,
  VideoRequest,
} from "../types/index.js";
import { invalidOption } from "../util/options.js";
import { progressOf } from "../driver/update-stream.js";
import { randomUUID } from "../util/uuid.js";
import { orAborted } from "../util/within.js";
import { JobEntry, storedOf } from "./job-entry.js";
import { fetchStatus } from "./track.js";
import { GatewayJob } from "./job.js";
import type { GatewayJobDeps } from "./job.js";
import type { GatewayConnection } from "./connection.js";
import { bodyOf } from "./request-body.js";
import { readBlobs } from "../util/images.js";
import { send } from "./submit.js";
import { unanswered } from "./errors.js";

const HOUR_MS = 3_600_000;

/** A job to submit. */
export interface JobPlan {
  state: { handle: Handle; deadline: number };
}

/** The jobs of a gateway. How they are planned differs. */
export abstract class GatewayJobs extends Client<GatewayJob> {
  readonly #connection: GatewayConnection;

  constructor(options: FilmgateOptions, connection: GatewayConnection, events?: EventReporter) {
    super(options, isRetryableFailure, events);
    this.#connection = connection;
  }

  /** The jobs to try, in order. The gateway tries the others itself. The request has its images as URLs. */
  protected abstract plan(request: VideoRequest, options: SubmitOptions, uuid: () => string): JobPlan[] | Promise<JobPlan[]>;

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
    const [planned] = await this.plan(request, options, uuid);
    const { handle, deadline } = planned!.state;
    const own: Handle = { ...handle, gateway: this.#connection.url };
    const body = bodyOf(request, options, blobs);
    const open = () => JobEntry.create(this.store, own, body);
    const job = this.#run(own, { open, isNew: true, detached, deadline, signal }, request);
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
      return {
        ...entry.stored,
        ...progressOf(snapshot.update),
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

  #find(handle: Handle, jobId: string | undefined): Promise<JobEntry> {
    return JobEntry.find(this.store, this.#connection.url, handle, jobId);
  }

  /** `request`: that of a new job. */
  #run(
    handle: Handle,
    how: Omit<GatewayJobDeps, "connection" | "store" | "resume">,
    request?: VideoRequest,
  ): GatewayJob {
    const { store, resume } = this;
    const job = new GatewayJob(handle, { ...how, connection: this.#connection, store, resume });
    this.registry.add(job, job.over);
    this.events?.follow(job, job.over, request);
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

export function noWebhook(): FilmgateError {
  const message = "A gateway receives the providers' webhooks itself. Verify its own as Standard Webhooks, then call `status`.";
  return invalidOption("webhook", "unsupported", message);
}
