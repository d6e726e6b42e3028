import { UpdateStream } from "../driver/update-stream.js";
import { FilmgateError } from "../error.js";
import type {
  Charge,
  Filmgate,
  Handle,
  Job,
  JobUpdate,
  Store,
  StoredJob,
  SubmitOptions,
  VideoRequest,
  VideoResult,
} from "../types/index.js";
import { onAbort } from "../util/abort.js";
import { isFinal } from "../util/status.js";
import { toMicroUsd, toUsd } from "../util/micro-usd.js";
import type { Budget } from "./budget.js";
import type { BatchItem, BatchMoney, BatchResult, BatchUpdate } from "./types.js";

/** One request and what is known of it before the batch begins. Amounts are in micro-dollars. */
export interface PlannedItem {
  index: number;
  /** Id of its job. */
  id: string;
  request: VideoRequest;
  /** Upper ends to reserve, one after the other. */
  limits: [number, ...number[]];
  /** The job of an earlier run. */
  stored: StoredJob | undefined;
}

interface RunOptions {
  id: string;
  budget: Budget;
  maxConcurrency: number;
  submit: Pick<SubmitOptions, "provider" | "timeoutMs">;
  signal: AbortSignal | undefined;
}

/** The client refuses these before a job exists, for the sake of a limit or of a listing without a key. */
const NEXT_LIMIT = new Set(["budget_exceeded", "missing_api_key"]);

/** What a client of this package has besides; not one that a caller has wrapped. Its methods need no `this`. */
interface OwnClient {
  store?: Store;
  storedJob?: (id: string) => Promise<StoredJob | undefined>;
}

/** An item without what never changes. */
type ItemChange = BatchItem extends infer Item ? (Item extends BatchItem ? Omit<Item, "index" | "id"> : never) : never;

/** A batch at work: it starts jobs in order, as many as the budget and the concurrency allow. */
export class BatchRun {
  readonly updates = new UpdateStream<BatchUpdate, BatchResult>(() => {});
  readonly #client: Filmgate;
  readonly #planned: PlannedItem[];
  readonly #options: RunOptions;
  readonly #items: BatchItem[];
  #ended = 0;
  /** What is reserved for the submits that the signal has interrupted, by index. */
  readonly #cut = new Map<number, number>();
  /** The jobs in progress. They never reject. */
  readonly #running = new Set<Promise<void>>();

  constructor(client: Filmgate, planned: PlannedItem[], options: RunOptions) {
    this.#client = client;
    this.#planned = planned;
    this.#options = options;
    this.#items = planned.map(({ index, id }) => ({ index, id, status: "not_started", reason: "budget" }));
    this.#run().then(
      () => this.updates.resolve({ id: options.id, items: this.#items, ...this.#money() }),
      (error: unknown) => this.updates.reject(error),
    );
  }

  get #isAborted(): boolean {
    return this.#options.signal?.aborted === true;
  }

  async #run(): Promise<void> {
    // All that was spent or reserved before counts first.
    const waiting = this.#planned.filter((item) => !this.#join(item));
    for (const item of waiting) {
      if (!(await this.#hasRoom(item.limits[0]))) break;
      this.#begin(this.#submit(item));
    }
    while (this.#running.size > 0) await Promise.all(this.#running);
    if (!this.#isAborted) return;
    await this.#findCut();
    for (const item of this.#items) if (item.status === "not_started") item.reason = "aborted";
  }

  /** Waits until the amount is reserved and a job may start; false if none may any more. */
  async #hasRoom(amount: number): Promise<boolean> {
    const { budget, maxConcurrency, signal } = this.#options;
    while (!this.#isAborted) {
      if (this.#running.size < maxConcurrency && budget.reserve(amount)) return true;
      if (this.#running.size === 0) return false;
      let unlisten = () => {};
      const aborted = new Promise<void>((resolve) => (unlisten = onAbort(signal, resolve)));
      await Promise.race([...this.#running, aborted]).finally(unlisten);
    }
    return false;
  }

  #begin(work: Promise<void>): void {
    const running = work.finally(() => this.#running.delete(running));
    this.#running.add(running);
  }

  /** Counts the job of an earlier run, and tracks it if it has not ended. Returns whether there is one. */
  #join({ index, stored, limits }: PlannedItem): boolean {
    if (!stored || maySubmitAgain(stored)) return false;
    const { handle, status, outcome, error } = stored;
    const reserved = handle.quote?.max ?? limits[0];
    this.#options.budget.commit(reserved);
    if (outcome) this.#complete(index, outcome, reserved);
    else if (error?.charge === "none" && isFinal(status)) this.#fail(index, new FilmgateError(error), reserved);
    // Also an end that may have been billed: its provider is asked once more.
    else this.#begin(this.#track(index, this.#resume(handle), reserved));
    return true;
  }

  #resume(handle: Handle): Job {
    const { signal, submit } = this.#options;
    const { timeoutMs } = submit;
    return this.#client.resume(handle, { ...(signal && { signal }), ...(timeoutMs !== undefined && { timeoutMs }) });
  }

  /** Submits the item, for which its first limit is reserved, and tracks its job. */
  async #submit({ index, id, request, limits, stored }: PlannedItem): Promise<void> {
    const { budget, signal, submit } = this.#options;
    let reserved = limits[0];
    this.#change(index, { status: "running", reservedUsd: toUsd(reserved) });
    try {
      // The record of a job that was never sent has this id.
      if (stored && !stored.error?.retryable) await this.#forget(stored.handle);
      for (const limit of limits) {
        if (limit > reserved && !budget.reserve(limit - reserved)) break;
        reserved = limit;
        const options = { ...submit, idempotencyKey: id, maxCostUsd: toUsd(limit), ...(signal && { signal }) };
        const job = await this.#client.submit(request, options).catch((error: unknown) => {
          if (!isRefused(error) || limit === limits.at(-1)) throw error;
        });
        if (job) return await this.#track(index, job, reserved);
      }
      budget.settle(reserved, 0);
      this.#change(index, { status: "not_started", reason: "budget" });
    } catch (error) {
      if (this.#isAborted && !(error instanceof FilmgateError)) this.#cut.set(index, reserved);
      else this.#fail(index, errorOf(error), reserved);
    }
  }

  /** Deletes the record of a job that was never sent, unless another process has submitted it since: that job is joined. */
  async #forget(handle: Handle): Promise<void> {
    const { store, storedJob } = this.#client as unknown as OwnClient;
    const isUnsent = async () => {
      const job = storedJob ? await storedJob(handle.id) : (await this.#client.jobs()).find((one) => one.handle.id === handle.id);
      return job !== undefined && maySubmitAgain(job);
    };
    const forget = async () => {
      if (await isUnsent()) await this.#client.deleteJob(handle);
    };
    // A submit holds the lease, so that nothing in use is deleted.
    if (await isUnsent()) await (store ? store.lease(handle.id, forget, this.#options.signal) : forget());
  }

  /** Waits for the end of a job. Never rejects. */
  async #track(index: number, job: Job, reserved: number): Promise<void> {
    const running = () => ({ status: "running" as const, handle: job.handle, reservedUsd: toUsd(reserved) });
    try {
      for await (const update of job) if (!isFinal(update.status)) this.#change(index, running(), update);
      this.#complete(index, await job.result(), reserved);
    } catch (error) {
      const isTimeout = error instanceof FilmgateError && error.code === "timeout";
      const continues = isTimeout || (this.#isAborted && !(error instanceof FilmgateError));
      if (continues) this.#change(index, running());
      else this.#fail(index, errorOf(error), reserved);
    }
  }

  /** What has become of the submits that the signal has interrupted: one that was sent is in the store. */
  async #findCut(): Promise<void> {
    if (this.#cut.size === 0) return;
    const stored = new Map((await this.#client.jobs()).map((job) => [job.handle.id, job]));
    for (const [index, reserved] of this.#cut) {
      const job = stored.get(this.#planned[index]!.id);
      if (job && !maySubmitAgain(job)) {
        this.#change(index, { status: "running", handle: job.handle, reservedUsd: toUsd(reserved) });
      } else {
        this.#options.budget.settle(reserved, 0);
        this.#change(index, { status: "not_started", reason: "aborted" });
      }
    }
  }

  #complete(index: number, result: VideoResult, reserved: number): void {
    const spent = spentOn(result, reserved);
    this.#options.budget.settle(reserved, spent);
    this.#change(index, { status: "completed", result, spentUsd: toUsd(spent) });
  }

  #fail(index: number, error: FilmgateError, reserved: number): void {
    const spent = spentOn(error, reserved);
    this.#options.budget.settle(reserved, spent);
    this.#change(index, { status: "failed", error, spentUsd: toUsd(spent) });
  }

  #change(index: number, change: ItemChange, update?: JobUpdate): void {
    const { id } = this.#planned[index]!;
    const item: BatchItem = { index, id, ...change };
    this.#items[index] = item;
    if (item.status === "completed" || item.status === "failed") this.#ended += 1;
    const counts = { ended: this.#ended, total: this.#items.length };
    this.updates.push({ item, ...(update && { update }), ...this.#money(), ...counts });
  }

  #money(): BatchMoney {
    const { limit, spent, reserved } = this.#options.budget;
    return { budgetUsd: toUsd(limit), spentUsd: toUsd(spent), reservedUsd: toUsd(reserved) };
  }
}

/** What a job counts for: its cost if that is known, nothing if nothing was billed, otherwise all that is reserved. */
function spentOn({ charge, costUsd }: { charge: Charge; costUsd?: number }, reserved: number): number {
  if (charge === "none") return 0;
  return charge === "charged" && costUsd !== undefined ? toMicroUsd(costUsd) : reserved;
}

/** Whether a stored job has ended before a provider had it, so that another submit is no second payment. */
function maySubmitAgain({ status, handle, error }: StoredJob): boolean {
  if (!isFinal(status) || error?.charge !== "none" || handle.acceptedAt !== undefined) return false;
  return error.retryable || handle.submittedAt === undefined;
}

const isRefused = (error: unknown): boolean =>
  error instanceof FilmgateError && error.charge === "none" && NEXT_LIMIT.has(error.code);

/** An error that is not filmgate's: the job may have been billed. */
function errorOf(cause: unknown): FilmgateError {
  if (cause instanceof FilmgateError) return cause;
  const message = "The job could not be submitted or tracked: see `cause`. Run the batch again by its id.";
  return new FilmgateError({ code: "internal_error", message, charge: "unknown", cause });
}
