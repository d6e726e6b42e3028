// What the objects of batches send and receive: plain data, as in types.ts.
import type { Billing, JobSpec, Retention } from "./types.js";

/** A batch, without its requests. */
export interface BatchSpec extends Pick<JobSpec, "owner" | "keyId" | "user" | "origin" | "createdAt" | keyof Retention> {
  /** What all of its jobs may cost. */
  budgetMicroUsd: number;
  /** How many of its jobs may run at once. */
  maxConcurrency: number;
  /** The sums of both ends of the quotes. */
  quote: { minMicroUsd: number; maxMicroUsd: number };
  /** SHA-256 of the body's meaning. */
  bodyHash: string;
}

/** A request of a batch as it was planned: what the spec of its job has of its own. */
export interface BatchItemPlan extends Pick<JobSpec, "request" | "provider" | "seconds" | "size" | "labels"> {
  reservedMicroUsd: number;
  /** The place of its catalog among those of the batch. */
  catalog?: number;
}

/** A batch as the API returns it. */
export interface BatchReport {
  /** `batch_` and 64 hexadecimal digits. */
  id: string;
  object: "video.batch";
  status: "in_progress" | "ended";
  /** In seconds since 1970, like every time of the API. */
  created_at: number;
  ended_at: number | null;
  request_counts: Record<"total" | BatchItemReport["status"], number>;
  budgetUsd: number;
  spentUsd: number;
  reservedUsd: number;
  maxConcurrency: number;
  quote: { minUsd: number; maxUsd: number };
  items: BatchItemReport[];
}

/** A batch, and the body that it was created with. */
export interface BatchState {
  bodyHash: string;
  report: BatchReport;
}

export interface BatchItemReport {
  index: number;
  status: "waiting" | "running" | "completed" | "failed" | "not_started";
  /** Once its job exists. */
  video_id?: string;
  /** While it runs. */
  reservedUsd?: number;
  /** Once it has ended: what was charged; all that was reserved if that is unknown. */
  spentUsd?: number;
  /** Of one that has failed. The video has the whole error. */
  error?: { code: string };
  /** Of one that was not started. */
  reason?: string;
}

/** How a job has ended, for its batch. */
export interface JobEnding {
  isOver: boolean;
  status: "completed" | "failed";
  billing?: Billing;
  /** The error's code. */
  code?: string;
}

/** What a job index keeps of a batch. */
export interface BatchSummary {
  /** In hex. */
  batchId: string;
  createdAt: number;
  user?: string;
  isOpen: boolean;
}

/** One page of an account's batches, newest first, after one of them. */
export interface BatchPage {
  limit: number;
  after?: string;
  user?: string;
}

/** A batch's public id: `batch_` and 64 hexadecimal digits, which only the engine can issue. */
export const batchId = (id: string): string => `batch_${id}`;

/** The batch's id in hex; `undefined` if the text is not a public id. */
export function batchIdOf(batchId: string): string | undefined {
  return /^batch_([0-9a-f]{64})$/.exec(batchId)?.[1];
}
