import type { FilmgateError } from "../error.js";
import type { Handle, JobUpdate, ProviderChoice, VideoResult } from "../types/index.js";

/** Options of `batch`. */
export interface BatchOptions {
  /**
   * What the whole batch may cost, in US dollars, exact to the micro-dollar. A request is submitted only if the upper end
   * of its quote fits beside what is spent and reserved.
   */
  budgetUsd: number;
  /**
   * Maximum number of jobs at the same time.
   *
   * @default 4
   */
  maxConcurrency?: number | undefined;
  /**
   * Id of the batch: any text. With the id of an earlier run, and the same requests in the same order, its jobs are joined
   * from the store, and what they have cost counts.
   *
   * @default a random UUID
   */
  id?: string | undefined;
  /**
   * The providers to use, as in `submit`.
   *
   * @default "cheapest"
   */
  provider?: ProviderChoice | undefined;
  /**
   * How long to wait for the end of one job, in milliseconds. After that, the job continues.
   *
   * @default 3_600_000 (one hour)
   */
  timeoutMs?: number | undefined;
  /** Starts no further job and stops waiting. The jobs that were submitted continue: run the batch again by its id. */
  signal?: AbortSignal | undefined;
}

/** What every item of a batch has. */
interface ItemBase {
  /** Index of the request. */
  index: number;
  /** Id of its job: it derives from the batch's id and the index. */
  id: string;
}

/** The request has its video. */
export interface CompletedItem extends ItemBase {
  /** State of the item. */
  status: "completed";
  /** The result. */
  result: VideoResult;
  /** What it counts for, in US dollars: the reported cost, or the upper end of the quote if that is unknown. */
  spentUsd: number;
}

/** The job has ended without a video, or was never accepted. */
export interface FailedItem extends ItemBase {
  /** State of the item. */
  status: "failed";
  /** The error. Its `charge` says whether something was billed. */
  error: FilmgateError;
  /** What it counts for, in US dollars: 0 if nothing was billed, otherwise the upper end of the quote. */
  spentUsd: number;
}

/** The job was submitted and has not ended. In a result it continues after an abort or a timeout. */
export interface RunningItem extends ItemBase {
  /** State of the item. */
  status: "running";
  /** Handle of the job, once it is known. */
  handle?: Handle;
  /** What is reserved for it, in US dollars. */
  reservedUsd: number;
}

/** Nothing was sent for the request, and nothing is reserved. */
export interface NotStartedItem extends ItemBase {
  /** State of the item. */
  status: "not_started";
  /** `budget`: it does not fit into the rest of the budget. `aborted`: the signal came first. */
  reason: "budget" | "aborted";
}

/** One request of a batch. */
export type BatchItem = CompletedItem | FailedItem | RunningItem | NotStartedItem;

/** The money of a batch, in US dollars. `spentUsd + reservedUsd` is at most `budgetUsd`, unless a provider bills above its quote. */
export interface BatchMoney {
  /** The budget. */
  budgetUsd: number;
  /** What the ended jobs count for. */
  spentUsd: number;
  /** What is reserved for the jobs that have not ended. */
  reservedUsd: number;
}

/** A change of one item. */
export interface BatchUpdate extends BatchMoney {
  /** The item after the change. */
  item: BatchItem;
  /** The update of its job, if it is one. */
  update?: JobUpdate;
  /** Number of items that have ended. */
  ended: number;
  /** Number of all items. */
  total: number;
}

/** The quote of a whole batch, in US dollars: for each request that of the listing which is tried first. */
export interface BatchQuote {
  /** Sum of the lower ends. */
  minUsd: number;
  /** Sum of the upper ends. */
  maxUsd: number;
}

/** The end of a batch: what each request has come to, in their order. */
export interface BatchResult extends BatchMoney {
  /** Id of the batch. */
  id: string;
  /** One item for each request. */
  items: BatchItem[];
}

/** A batch that runs. Iterate over its updates, or await its result. */
export interface Batch extends AsyncIterable<BatchUpdate> {
  /** Id of the batch. Store it: it resumes the batch in another process. */
  readonly id: string;
  /** The quote of the whole batch. */
  readonly quote: BatchQuote;
  /**
   * The result: also if jobs have failed, the budget has ended or the signal has aborted. Rejects only if filmgate fails.
   */
  result(): Promise<BatchResult>;
}
