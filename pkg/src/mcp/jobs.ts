// The jobs of a server: submits within the budget, tracks, and settles what they cost.
import { createHash, randomUUID } from "node:crypto";
import { join } from "node:path";
import { startUntil } from "../client/start-until.js";
import { FilmgateError } from "../error.js";
import { takeLock } from "../node/file-lock.js";
import { makeFolder } from "../node/fs.js";
import { dollars, toBudget, toMicroUsd, toUsd } from "../util/micro-usd.js";
import { sleep } from "../util/sleep.js";
import { isFinal } from "../util/status.js";
import { isFilmgateError, refusal } from "./errors.js";
import { LOCK_TIMING, type Ledger } from "./ledger.js";
import type { Filmgate, Handle, Job, JobUpdate, ProviderId, Quote, StoredJob, VideoRequest } from "../types/index.js";

/** What a submit is called with. */
export interface Submission {
  request: VideoRequest;
  maxCostUsd: number;
  /** The same text joins the same job. */
  idempotencyKey?: string | undefined;
}

/** A job that is tracked in this process. */
interface TrackedJob {
  update: JobUpdate | undefined;
  readonly listeners: Set<(update: JobUpdate) => void>;
  /** Why tracking ended before the job did. */
  error: unknown;
  /** Resolves once tracking has ended. */
  readonly done: Promise<void>;
}

/** A job of the store, or one whose submit is not over. */
export interface KnownJob {
  id: string;
  job: StoredJob | undefined;
  update: JobUpdate | undefined;
}

export interface JobsOptions {
  client: Filmgate;
  ledger: Ledger;
  /** The providers that have a key. */
  providers: readonly ProviderId[];
  /** Aborts when the server begins to end: what was not sent by then never is. */
  closing: AbortSignal;
  /** Aborts when the server ends. */
  signal: AbortSignal;
}

/** A lock that is free is taken at once. */
const FREE_LOCK_MS = 200;
const SETTLE_MS = 2_000;

export class Jobs {
  readonly #options: JobsOptions;
  readonly #tracked = new Map<string, TrackedJob>();
  /** Submits that are not over. */
  readonly #submitting = new Map<string, Promise<unknown>>();
  /** Errors of submits that no call waited for. */
  readonly #failures = new Map<string, unknown>();

  constructor(options: JobsOptions) {
    this.#options = options;
  }

  /** Continues with the jobs of the budget that have not ended. */
  async resume(): Promise<void> {
    const { client, ledger } = this.#options;
    await this.settle();
    const open = await ledger.open();
    for (const { handle } of await client.jobs({ pending: true })) if (open.has(handle.id)) this.#track(handle);
  }

  /** Resolves once no submit is left. */
  async idle(): Promise<void> {
    await Promise.allSettled(this.#submitting.values());
  }

  list(pending: boolean): Promise<StoredJob[]> {
    return this.#options.client.jobs({ pending });
  }

  /**
   * Submits a request within the budget. Resolves once the provider has the job, or after `maxMs`: the submit then goes on.
   * `isJoined`: the key has that job already.
   */
  async submit(submission: Submission, maxMs: number): Promise<KnownJob & { isJoined: boolean }> {
    const { idempotencyKey: key } = submission;
    const id = key === undefined ? randomUUID() : idOf(key);
    let isJoined = false;
    const submitted = this.#submit(id, submission).then((joined) => void (isJoined = joined));
    const before = this.#submitting.get(id);
    const tail = Promise.allSettled([before, submitted]);
    this.#submitting.set(id, tail);
    this.#failures.delete(id);
    void tail.then(() => this.#submitting.get(id) === tail && this.#submitting.delete(id));
    let isLate = false;
    submitted.catch((error: unknown) => isLate && this.#failures.set(id, error));
    await Promise.race([submitted, this.#after(maxMs)]);
    isLate = true;
    return { ...(await this.find(id)), isJoined };
  }

  /** The job; without a stored one, its submit is not over. */
  async find(id: string): Promise<KnownJob> {
    const job = await this.#options.client.job(id);
    if (!job && !this.#submitting.has(id)) {
      if (this.#failures.has(id)) throw this.#failures.get(id);
      throw new FilmgateError({ code: "job_not_found", message: "There is no job with this id. `jobs` lists the jobs." });
    }
    return { id, job, update: this.#tracked.get(id)?.update };
  }

  /** Checks a job once. */
  async status(id: string, maxMs: number): Promise<KnownJob> {
    const known = await this.find(id);
    if (!known.job || hasEnded(known.job) || this.#tracked.has(id) || this.#submitting.has(id)) return known;
    try {
      const { progress, etaMs, ...job } = await this.#options.client.status(known.job.handle, { timeoutMs: maxMs });
      // A budget that cannot be read concerns submits only.
      await this.#settle(job).catch(() => {});
      const update = { status: job.status, ...(progress !== undefined && { progress }), ...(etaMs !== undefined && { etaMs }) };
      return { id, job, update };
    } catch (error) {
      // Another process tracks the job: the record says what it knows.
      if (isFilmgateError(error) && error.code === "timeout") return this.find(id);
      throw error;
    }
  }

  /** Waits for the end of a job, for at most `maxMs`. */
  async wait(id: string, maxMs: number, onUpdate: (update: JobUpdate) => void, signal: AbortSignal): Promise<KnownJob> {
    const due = performance.now() + maxMs;
    const limit = (promise: Promise<unknown>) => Promise.race([promise, this.#after(due - performance.now(), signal)]);
    await limit(this.#submitting.get(id) ?? Promise.resolve());
    const known = await this.find(id);
    if (!known.job || hasEnded(known.job) || this.#submitting.has(id)) return known;
    const tracked = this.#track(known.job.handle);
    if (tracked.update) onUpdate(tracked.update);
    tracked.listeners.add(onUpdate);
    await limit(tracked.done);
    tracked.listeners.delete(onUpdate);
    const after = { ...(await this.find(id)), update: tracked.update };
    if (tracked.error !== undefined && !(after.job && hasEnded(after.job))) throw tracked.error;
    return after;
  }

  /** Cancels a job. */
  async cancel(id: string, maxMs: number): Promise<Awaited<ReturnType<Job["cancel"]>>> {
    const { job } = await this.find(id);
    if (!job || this.#submitting.has(id)) {
      throw new FilmgateError({ code: "timeout", message: "The job is being submitted. Cancel it once it is queued.", charge: "unknown" });
    }
    const { client, signal } = this.#options;
    if (!hasEnded(job)) this.#track(job.handle);
    const cancelled = client.resume(job.handle, { signal, timeoutMs: maxMs }).cancel();
    const result = await Promise.race([cancelled, this.#after(maxMs)]);
    cancelled.catch(() => {});
    // The store has the end of the job soon after.
    if (result && result.result !== "unsupported") await Promise.race([this.#tracked.get(id)?.done, this.#after(SETTLE_MS)]);
    if (result) return result;
    const message = "The cancellation is not confirmed yet. The job may continue and be billed: check it with `job`.";
    throw new FilmgateError({ code: "timeout", message, charge: "unknown", handle: job.handle });
  }

  /** Counts what the jobs that have ended cost, and nothing for those that were never sent. */
  async settle(): Promise<void> {
    const { client, ledger } = this.#options;
    const open = await ledger.open();
    if (open.size === 0) return;
    const stored = new Map((await client.jobs()).map((job) => [job.handle.id, job]));
    for (const [id, { isAccepted }] of open) {
      const job = stored.get(id);
      if (isSubmitted(job)) await this.#settle(job);
      else if (!isAccepted) await this.#releaseUnsent(id);
    }
  }

  /** Returns whether the key has a job already. */
  async #submit(id: string, { request, maxCostUsd }: Submission): Promise<boolean> {
    const { client, ledger, closing } = this.#options;
    const price = this.#price(request, maxCostUsd);
    // No other call, also of another server, submits under this key meanwhile.
    const release = await this.#lock(id);
    try {
      const existing = await client.job(id);
      const isNew = !existing || wasNeverAccepted(existing);
      if (existing && existing.handle.model !== request.model) {
        throw refusal("invalid_request", `The key has a job of ${existing.handle.model} already. Pass another key for another video.`);
      }
      if (isNew) await this.#reserve(id, price);
      const handle = await startUntil(client, request, { idempotencyKey: id, maxCostUsd: toUsd(price), signal: closing })
        .catch(async (reason: unknown) => {
          const error = closing.aborted && reason === closing.reason ? notSent() : reason;
          if (isNew && isFilmgateError(error) && error.charge === "none") await ledger.release(id);
          throw error;
        });
      if (isNew) await ledger.accept(id, handle.quote?.max ?? price);
      this.#track(handle);
      return !isNew;
    } finally {
      await release();
    }
  }

  async #reserve(id: string, price: number): Promise<void> {
    const { ledger } = this.#options;
    if (await ledger.reserve(id, price)) return;
    await this.settle();
    if (await ledger.reserve(id, price)) return;
    const { limitMicroUsd, spentMicroUsd, reservedMicroUsd } = await ledger.balance();
    const left = Math.max(0, limitMicroUsd - spentMicroUsd - reservedMicroUsd);
    const message = `The video costs up to ${dollars(toUsd(price))}, and the session's budget of ${dollars(toUsd(limitMicroUsd))} has ${dollars(toUsd(left))} left.`;
    throw refusal("budget_exceeded", `${message} Choose a cheaper request, or ask the user for a higher budget.`);
  }

  /** The most that the submit may cost, in micro-dollars: the price of the cheapest listing that can be used. */
  #price(request: VideoRequest, maxCostUsd: number): number {
    const { client, providers } = this.#options;
    if (request.model === undefined) {
      throw refusal("invalid_request", "The request names no model. `quote` without a model shows which are cheapest.");
    }
    const available = client.quote(request, { details: true }).filter((quote) => quote.available && providers.includes(quote.provider));
    if (available.length === 0) {
      const { issues, listings } = client.validate(request);
      const all = [...issues, ...listings.flatMap((listing) => listing.issues)];
      throw refusal("invalid_request", "No listing that can be used accepts the request.", all);
    }
    const [price] = available.flatMap(knownPrice).sort((a, b) => a - b);
    if (price === undefined) {
      throw refusal("budget_exceeded", "The price of the request is unknown, so that no limit covers it. Choose another model.");
    }
    const limit = toBudget(maxCostUsd);
    if (price <= limit) return price;
    const message = `The video costs up to ${dollars(toUsd(price))}, which is above \`maxCostUsd\` (${dollars(toUsd(limit))}).`;
    throw refusal("budget_exceeded", message);
  }

  #track(handle: Handle): TrackedJob {
    const { client, signal } = this.#options;
    const known = this.#tracked.get(handle.id);
    if (known) return known;
    const listeners: TrackedJob["listeners"] = new Set();
    const job = client.resume(handle, { signal });
    const follow = async () => {
      try {
        const result = job.result();
        // It rejects in any case; the updates only show what happens until then.
        result.catch(() => {});
        for await (const update of job) {
          tracked.update = update;
          for (const listener of listeners) listener(update);
        }
        await result;
      } catch (error) {
        tracked.error = error;
      }
      if (!signal.aborted) await this.settle().catch(() => {});
      this.#tracked.delete(handle.id);
    };
    const tracked: TrackedJob = { update: undefined, listeners, error: undefined, done: Promise.resolve().then(follow) };
    this.#tracked.set(handle.id, tracked);
    return tracked;
  }

  async #settle(job: StoredJob): Promise<void> {
    if (hasEnded(job) && isSubmitted(job)) await this.#options.ledger.settle(job.handle.id, billed(job));
  }

  /** Nothing is owed for a job that no provider has, unless another server is about to submit it. */
  async #releaseUnsent(id: string): Promise<void> {
    const { client, ledger } = this.#options;
    const release = await this.#lock(id, AbortSignal.timeout(FREE_LOCK_MS)).catch(() => undefined);
    if (!release) return;
    try {
      const job = await client.job(id);
      const entry = (await ledger.open()).get(id);
      if (!isSubmitted(job) && entry?.isAccepted === false) await ledger.release(id);
    } finally {
      await release();
    }
  }

  async #lock(id: string, signal?: AbortSignal): Promise<() => Promise<void>> {
    const { folder } = this.#options.ledger;
    await makeFolder(folder);
    return takeLock(join(folder, `submit-${id}.lock`), signal, LOCK_TIMING);
  }

  /** Resolves after a time, or once the server ends. */
  #after(ms: number, signal = this.#options.signal): Promise<undefined> {
    return sleep(Math.max(ms, 0), AbortSignal.any([signal, this.#options.signal])).then(() => undefined, () => undefined);
  }
}

const notSent = (): FilmgateError =>
  new FilmgateError({ code: "connection_error", message: "The server ends. Nothing was submitted.", retryable: true });

export const hasEnded = ({ status }: StoredJob): boolean => isFinal(status);

/** What the job cost, in micro-dollars; undefined if that is unknown. */
function billed({ outcome, error }: StoredJob): number | undefined {
  if (outcome?.costUsd !== undefined) return toMicroUsd(outcome.costUsd);
  return (outcome ?? error)?.charge === "none" ? 0 : undefined;
}

/** Whether a submit under the same id sends the request again. The client has the same rule. */
const wasNeverAccepted = ({ error, handle }: StoredJob): boolean => error?.retryable === true && handle.acceptedAt === undefined;

/** Whether a provider has, had or may have the job. */
const isSubmitted = (job: StoredJob | undefined): job is StoredJob => job !== undefined && !wasNeverAccepted(job);

/** The upper end of a price that the provider has published. */
function knownPrice(quote: Quote): number[] {
  return "maxUsd" in quote && quote.evidence?.firstParty !== false ? [toMicroUsd(quote.maxUsd)] : [];
}

const UUID_V4 = /^[0-9a-f]{8}-[0-9a-f]{4}-4[0-9a-f]{3}-[89ab][0-9a-f]{3}-[0-9a-f]{12}$/;

/** The id of a key's job: the key itself, or a UUID v4 made of its digest. */
function idOf(key: string): string {
  if (UUID_V4.test(key)) return key;
  const hex = createHash("sha256").update(key).digest("hex");
  const variant = ((Number.parseInt(hex.slice(16, 17), 16) & 3) | 8).toString(16);
  return `${hex.slice(0, 8)}-${hex.slice(8, 12)}-4${hex.slice(13, 16)}-${variant}${hex.slice(17, 20)}-${hex.slice(20, 32)}`;
}
