import { Client } from "../client/base.js";
import { FilmgateError } from "../error.js";
import { PROVIDERS } from "../client/planner.js";
import type {
  ValidationResult,
  FilmgateOptions,
  GatewaySettings,
  Handle,
  JobRecord,
  JobStatus,
  Quote,
  ResumeOptions,
  StoredJob,
  SubmitOptions,
  VideoRequest,
} from "../types/index.js";
import { randomUUID } from "../util/uuid.js";
import { Entry, storedOf } from "./entry.js";
import { look } from "./follow.js";
import { GatewayJob } from "./job.js";
import type { Stage } from "./job.js";
import { Line } from "./line.js";
import { asKept, bodyOf } from "./order.js";
import { send } from "./submit.js";
import { unanswered } from "./trouble.js";

const HOUR_MS = 3_600_000;

/** A client of a gateway. */
export class GatewayClient extends Client<GatewayJob> {
  readonly #line: Line;

  constructor(options: FilmgateOptions, gateway: GatewaySettings) {
    super(options, isRetryableFailure);
    this.#line = new Line(gateway, options);
  }

  override validate(request: VideoRequest): ValidationResult {
    return super.validate(asKept(request));
  }

  override quote(request: VideoRequest): Quote[] {
    return super.quote(asKept(request));
  }

  protected async submitDetached(request: VideoRequest, options: SubmitOptions): Promise<Handle> {
    const job = await this.submitJob(request, options, true);
    await job.over;
    return job.handle;
  }

  protected async submitJob(
    request: VideoRequest,
    options: SubmitOptions,
    letsGo = false,
  ): Promise<GatewayJob> {
    const { idempotencyKey, signal, webhook } = options;
    signal?.throwIfAborted();
    if (webhook) throw noWebhook();
    const uuid = () => idempotencyKey ?? randomUUID();
    // Whom it can reach, the gateway knows.
    const [planned] = this.planner.plan(asKept(request), options, PROVIDERS, uuid);
    const { handle, deadline } = planned!.state;
    const ours: Handle = { ...handle, gateway: this.#line.url };
    const body = bodyOf(request, options);
    const open = () => Entry.create(this.store, ours, body);
    const job = this.#run(ours, { open, isNew: true, letsGo, deadline, signal });
    await job.submitted;
    // What came of it is told by the job, unless nobody has it.
    if (job.handle.jobId === undefined) await job.result();
    return job;
  }

  protected track(handle: Handle, options: ResumeOptions): GatewayJob {
    const { signal, timeoutMs = HOUR_MS, jobId } = options;
    const open = () => this.#find(handle, jobId);
    return this.#run(handle, { open, isNew: false, deadline: Date.now() + timeoutMs, signal });
  }

  /** For the job; or with its order, where that has had no answer. */
  protected async pollOnce(handle: Handle, stop: AbortSignal, { jobId }: ResumeOptions): Promise<JobStatus> {
    stop.throwIfAborted();
    const entry = await this.#find(handle, jobId);
    if (entry.isFinal) return entry.stored;
    try {
      const isUnanswered = entry.handle.jobId === undefined;
      const question = isUnanswered ? send(entry, this.#line, stop) : look(entry.handle, this.#line, stop);
      const { told, waitMs } = await question;
      await entry.take(told);
      const { progress, etaMs } = told.update;
      return {
        ...entry.stored,
        ...(progress !== undefined && { progress }),
        ...(etaMs !== undefined && { etaMs }),
        ...(entry.handle.endedAt === undefined && { nextPollAt: Date.now() + waitMs }),
      };
    } catch (error) {
      if (entry.record.error) return entry.stored;
      if (error instanceof FilmgateError && error.code === "result_expired") return goneStatus(error, entry);
      throw unanswered(entry.handle, error);
    }
  }

  protected describe(record: JobRecord): StoredJob | undefined {
    // What others keep in a store can be anything.
    const { handle }: Partial<JobRecord> = Object(record);
    return handle?.gateway === this.#line.url ? storedOf(record) : undefined;
  }

  async verifyWebhook(): Promise<never> {
    throw noWebhook();
  }

  async handleWebhook(): Promise<never> {
    throw noWebhook();
  }

  #find(handle: Handle, jobId: string | undefined): Promise<Entry> {
    return Entry.find(this.store, this.#line.url, handle, jobId);
  }

  #run(handle: Handle, how: Omit<Stage, "line" | "store" | "again">): GatewayJob {
    const again = (known: Handle) => this.resume(known);
    const job = new GatewayJob(handle, { ...how, line: this.#line, store: this.store, again });
    this.registry.add(job, job.over);
    return job;
  }
}

/** No end that is kept: under the right token the job may be there. */
function goneStatus({ code, message, charge, retryable }: FilmgateError, { handle }: Entry): JobStatus {
  const { provider } = handle;
  return { handle, status: "expired", error: { code, message, charge, retryable, provider, handle } };
}

/** Whether the gateway turned the order away, in a way that lets it be tried again. */
function isRetryableFailure(record: JobRecord): boolean {
  const { error, handle } = storedOf(record);
  return error?.retryable === true && handle.acceptedAt === undefined;
}

function noWebhook(): TypeError {
  return new TypeError(
    "A gateway hears the providers itself, and tells the address that its admin has set for the token. " +
      "Verify what it posts as a Standard Webhook, then ask for the job by `status`.",
  );
}
