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
import { orAborted, within } from "../util/within.js";
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
  /** Key of the lease under which one process at a time submits. */
  lease: string;
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
  registry?: { running: ReadonlyMap<string, { settled: Promise<unknown> }> };
}

/** A store that stands still holds up the end of an aborted batch no longer. */
const MAX_SETTLE_MS = 2_000;

/** A job that the signal has interrupted. */
interface Cut {
  reserved: number;
  /** If it was submitted. */
  handle?: Handle;
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
  /** The jobs that no provider was known to have when the signal aborted, by index. */
  readonly #cut = new Map<number, Cut>();
  /** When nothing of the jobs continues in this process, after the signal has aborted, by index. */
  readonly #settled = new Map<number, Promise<unknown>>();
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

  get #own(): OwnClient {
    return this.#client as unknown as OwnClient;
  }

  async #run(): Promise<void> {
    // First of all listeners: a client forgets its jobs when they abort.
    const unlisten = onAbort(this.#options.signal, () => this.#keepSettled());
    // All that was spent or reserved before counts first.
    const left = this.#planned.filter((item) => !this.#join(item));
    if (left.length > 0) await this.#submitAlone();
    while (this.#running.size > 0) await Promise.all(this.#running);
    unlisten();
    if (!this.#isAborted) return;
    await this.#findCut();
    for (const item of this.#items) if (item.status === "not_started") item.reason = "aborted";
  }

  #keepSettled(): void {
    for (const { index, id } of this.#planned) {
      const job = this.#own.registry?.running.get(id);
      if (job) this.#settled.set(index, job.settled);
    }
  }

  /**
   * Submits what is left, after any other process that submits jobs of this batch: otherwise each would spend what a rejected
   * job has left, and one of them could submit that job again.
   */
  async #submitAlone(): Promise<void> {
    const { store } = this.#own;
    const { lease, signal } = this.#options;
    let work: Promise<void> | undefined;
    // A lease may come after the abort.
    const submit = async () => {
      if (!this.#isAborted) await (work = this.#submitAll());
    };
    try {
      await (store ? orAborted((async () => store.lease(lease, submit, signal))(), signal) : submit());
      if (!work) throw new Error("The store's `lease` did not call its function.");
    } catch (cause) {
      // A lease may end with its signal, and before its work.
      if (!this.#isAborted) this.#failLeft(cause);
    }
    await work?.catch(() => {});
  }

  async #submitAll(): Promise<void> {
    // Also a request that was rejected here may have been submitted again meanwhile.
    const stored = new Map((await this.#client.jobs()).map((job) => [job.handle.id, job]));
    const open = this.#planned.filter(({ index }) => mayBeSubmittedElsewhere(this.#items[index]!));
    const left = open.map((item) => ({ ...item, stored: stored.get(item.id) })).filter((item) => !this.#join(item));
    const submits: Promise<unknown>[] = [];
    for (const item of left) {
      if (this.#items[item.index]!.status !== "not_started") continue;
      if (!(await this.#hasRoom(item.limits[0]))) break;
      const submit = this.#submit(item);
      submits.push(submit);
      this.#begin(submit.then((job) => job && this.#track(item.index, ...job)));
    }
    // From then on the store has what they reserve.
    await Promise.all(submits);
  }

  /** The store failed before anything of these was sent. */
  #failLeft(cause: unknown): void {
    const message = "The store failed. Nothing was sent: see `cause`.";
    const error = new FilmgateError({ code: "store_error", message, retryable: true, cause });
    for (const { index, status } of [...this.#items]) if (status === "not_started") this.#fail(index, error, 0);
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
    else {
      this.#change(index, { status: "running", handle, reservedUsd: toUsd(reserved) });
      this.#begin(this.#track(index, this.#resume(handle), reserved));
    }
    return true;
  }

  #resume(handle: Handle): Job {
    const { signal, submit } = this.#options;
    const { timeoutMs } = submit;
    return this.#client.resume(handle, { ...(signal && { signal }), ...(timeoutMs !== undefined && { timeoutMs }) });
  }

  /** Submits the item, for which its first limit is reserved. Returns its job, and what is reserved for it. Never rejects. */
  async #submit({ index, id, request, limits, stored }: PlannedItem): Promise<[Job, number] | undefined> {
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
        if (job) return [job, reserved];
      }
      budget.settle(reserved, 0);
      this.#change(index, { status: "not_started", reason: "budget" });
    } catch (error) {
      if (this.#isAborted && !(error instanceof FilmgateError)) this.#cut.set(index, { reserved });
      else this.#fail(index, errorOf(error), reserved);
    }
    return undefined;
  }

  /** Deletes the record of a job that was never sent, unless another process has submitted it since: that job is joined. */
  async #forget(handle: Handle): Promise<void> {
    const { store } = this.#own;
    const isUnsent = async () => {
      const job = await this.#client.job(handle.id);
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
      const isCut = this.#isAborted && !(error instanceof FilmgateError);
      const { handle } = job;
      if (isCut && handle.acceptedAt === undefined) this.#cut.set(index, { reserved, handle });
      else if (isCut || isTimeout) this.#change(index, running());
      else this.#fail(index, errorOf(error), reserved);
    }
  }

  /** What has become of the jobs that the signal has interrupted: one that was sent is in the store. */
  async #findCut(): Promise<void> {
    if (this.#cut.size === 0) return;
    // Until then the store has each of them as one that is being submitted.
    const settled = Promise.all([...this.#cut.keys()].map((index) => this.#settled.get(index)));
    await within<unknown>(settled, MAX_SETTLE_MS, () => undefined).catch(() => {});
    const stored = new Map((await this.#client.jobs()).map((job) => [job.handle.id, job]));
    for (const [index, { reserved, handle }] of this.#cut) {
      const job = stored.get(this.#planned[index]!.id);
      const known = job?.handle ?? handle;
      if (known && !(job && maySubmitAgain(job))) {
        this.#change(index, { status: "running", handle: known, reservedUsd: toUsd(reserved) });
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
    this.#ended += Number(hasEnded(item)) - Number(hasEnded(this.#items[index]!));
    this.#items[index] = item;
    const counts = { ended: this.#ended, total: this.#items.length };
    this.updates.push({ item, ...(update && { update }), ...this.#money(), ...counts });
  }

  #money(): BatchMoney {
    const { limit, spent, reserved } = this.#options.budget;
    return { budgetUsd: toUsd(limit), spentUsd: toUsd(spent), reservedUsd: toUsd(reserved) };
  }
}

const hasEnded = ({ status }: BatchItem): boolean => status === "completed" || status === "failed";

/** Whether another process may have submitted the item meanwhile: it was not, or was rejected in a way that allows a retry. */
function mayBeSubmittedElsewhere(item: BatchItem): boolean {
  if (item.status !== "failed") return item.status === "not_started";
  const { charge, retryable, handle } = item.error;
  return retryable && charge === "none" && handle?.acceptedAt === undefined;
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
