import type { FilmgateError } from "../error.js";
import type { Handle, JobClient, Status, VideoError, VideoResult } from "../types/index.js";

/** A client that a session can use: the full client, or that of `filmgate/gateway`. */
export type VideoClient = Pick<JobClient, "submit" | "resume" | "job">;

/** What is known about the video. It is replaced, never changed. */
export interface VideoState {
  /** The job's status; `idle` before the first submit and after `reset`. */
  readonly status: Status | "idle";
  /** Whether a job is being submitted or tracked, here or in another tab. */
  readonly isPending: boolean;
  /** From 0 to 1, if the provider reports it. */
  readonly progress?: number;
  /** Expected time to the end, in milliseconds. */
  readonly etaMs?: number;
  /** What stands in the way while the job has not ended, such as polls that fail. */
  readonly pollError?: VideoError;
  /** Handle of the job, once it is accepted. Its `quote` is the price in micro-dollars. */
  readonly handle?: Handle;
  /** The result, once the job has completed. */
  readonly result?: VideoResult;
  /** Actual cost as reported by the provider, in US dollars. */
  readonly costUsd?: number;
  /**
   * Why there is no video, or why the job is not tracked any more. In the latter case `isUnfinished` is true. It is the
   * reason of the signal if that was aborted.
   */
  readonly error?: FilmgateError;
  /** Whether the job may continue although nothing tracks it, as after a timeout. `resume` tracks it again. */
  readonly isUnfinished?: boolean;
}

export const IDLE: VideoState = Object.freeze({ status: "idle", isPending: false });
