import type { Charge, Handle, ProviderId, Status, StoredJob, Video, VideoRequest } from "filmgate";

/** State of a job as the gallery shows it. `unknown`: whether the provider has the job is not known. */
export type JobState = "running" | "completed" | "failed" | "unknown";

/** A job as it is recorded. */
export interface JobInput extends Pick<StoredJob, "handle" | "status" | "outcome" | "error"> {
  /** The page's environment. */
  environment: string;
  /** The request as it was submitted: it may be reused. It must not hold a key. */
  request?: VideoRequest;
  /** The model's name, for the search. */
  modelName?: string;
}

/** A job of the index. The request and the poster are read on their own. */
export interface LibraryJob {
  /** The job's id, which is the key. */
  id: string;
  environment: string;
  handle: Handle;
  status: Status;
  state: JobState;
  model: string;
  modelName?: string;
  provider: ProviderId;
  /** The start of the prompt. */
  prompt: string;
  /** The videos, without bytes. */
  videos: LibraryVideo[];
  charge?: Charge;
  /** Code of the error of a failed job. */
  errorCode?: string;
  /** When it was deleted, in milliseconds since 1970. It is purged later. */
  deletedAt?: number;
  /**
   * `started`: it can no longer be restored. `done`: nothing is left of it but this entry, which keeps a tab that still
   * tracks the job from recording it again.
   */
  purge?: "started" | "done";
}

/** A video of a job, without its bytes. */
export type LibraryVideo = Omit<Video, "data">;

/** What a job costs. All amounts are in micro-dollars. */
export interface ChargeEntry {
  /** The job's id. */
  id: string;
  environment: string;
  model: string;
  provider: ProviderId;
  /** When it was submitted, in milliseconds since 1970. */
  at: number;
  /** What the provider has billed. */
  microUsd: number;
  /** What it may bill in addition: the upper end of the quote, while the charge is not known. */
  uncertainMicroUsd: number;
  /** Neither the charge nor a quote is known. */
  isUnknown: boolean;
}

/** A change of the library. `id` is undefined if several jobs changed. */
export interface LibraryChange {
  id?: string;
}
