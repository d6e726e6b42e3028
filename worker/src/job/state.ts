// What a job's object keeps of it, beside the package's record.
import type { JobStatus, Status } from "filmgate";
import type { Order, Billing } from "../types.js";
import type { Texts } from "./chunked-kv.js";

/** What there is to do, in the order in which it is done where several are due. */
export const STEPS = ["index", "submit", "poll", "reconcile", "archive", "notify", "cleanup", "purge"] as const;
export type StepName = (typeof STEPS)[number];

/** One video of the job. */
export interface Kept {
  /** Tries that failed. */
  tries: number;
  /** When it is tried next. */
  nextAt?: number;
  /** It cannot be had any longer. */
  isLost?: boolean;
  /** Where it is, once it is in R2 as a whole. */
  file?: { key: string; bytes: number; type: string };
}

/** An event for the token's own webhook. */
export interface Notice {
  id: string;
  type: "video.completed" | "video.failed";
  createdAt: number;
  tries: number;
}

/** All but the order. */
export interface State {
  /** The submit's name: the same after a crash. */
  key: string;
  /** What the package tells; before the submit, what is expected. */
  told: JobStatus;
  /** When each step is due; absent where there is nothing to do. */
  due: Partial<Record<StepName, number>>;
  /** How often each has failed in a row. */
  failed: Partial<Record<StepName, number>>;
  /** The provider's id for the job, as a webhook told it. */
  heardJobId?: string;
  /** When the submit was first unknown. */
  unknownSince?: number;
  /** Nobody waits any longer for a webhook that brings back an unknown submit. */
  isGivenUp?: boolean;
  /** The provider has told no end in a day. */
  isStuck?: boolean;
  videos: Kept[];
  billing?: Billing;
  /** An admin has said so: nothing but a bill changes it any more. */
  isSettledByHand?: boolean;
  /** What the latest event told. */
  shown?: Pick<JobStatus, "status" | "progress">;
  /** When the client could see the end. */
  endedAt?: number;
  notice?: Notice;
  /** Its owner has erased it. It stays until its account is settled, and then for the sake of late retries. */
  isErased?: boolean;
}

/** A job that was begun. */
export interface Begun {
  order: Order;
  state: State;
}

const ENDS: ReadonlySet<Status> = new Set<Status>([
  "completed",
  "failed",
  "cancelled",
  "expired",
  "submission_unknown",
]);

export const isEnd = (status: Status): boolean => ENDS.has(status);

/** The earliest time at which something is due. */
export function nextDue(state: State): number | undefined {
  const times = STEPS.map((step) => state.due[step]).filter((at) => at !== undefined);
  return times.length === 0 ? undefined : Math.min(...times);
}

export function loadBegun(texts: Texts): Begun | undefined {
  const [order, state] = [texts.get("order"), texts.get("state")];
  if (order === undefined || state === undefined) return undefined;
  return { order: JSON.parse(order) as Order, state: JSON.parse(state) as State };
}

export const saveOrder = (texts: Texts, order: Order): void =>
  texts.put("order", JSON.stringify(order));

export const saveState = (texts: Texts, state: State): void =>
  texts.put("state", JSON.stringify(state));
