import type { ErrorCode } from "./error.js";
import type { Charge, Handle, JobUpdate, Status, Timing, VideoError } from "./job.js";

/** What every event of a job has. */
interface JobEvent {
  /** When it was reported, in milliseconds since 1970. */
  at: number;
  /** Copy of the job's current handle. */
  handle: Handle;
}

/** A new job was created. Its submit is sent next. A job that `idempotencyKey` joins is not new. */
export interface SubmittedEvent extends JobEvent {
  /** Kind of the event. */
  type: "submitted";
  /** Prompt of the request, with `events.includePrompt` only. */
  prompt?: string;
}

/** The provider, or the gateway, has confirmed that it has the job. */
export interface AcceptedEvent extends JobEvent {
  /** Kind of the event. */
  type: "accepted";
}

/** An update of a job that has not ended. */
export interface ProgressEvent extends JobEvent, JobUpdate {
  /** Kind of the event. */
  type: "progress";
}

/** The job has ended. Of a job that the next listing is tried after, it is the rejection. */
export interface EndedEvent extends JobEvent {
  /** Kind of the event. */
  type: "ended";
  /** Final status. */
  status: Status;
  /** Whether something was billed. */
  charge: Charge;
  /** Actual cost as reported by the provider, in US dollars. */
  costUsd?: number;
  /** Duration of the job, if it has completed. */
  timing?: Timing;
  /** The error, if the job has not completed. */
  error?: VideoError;
}

/** A download has ended. It names no URL, which is a secret, and no job, because a download is given a video alone. */
export interface DownloadEvent {
  /** Kind of the event. */
  type: "download";
  /** When it was reported, in milliseconds since 1970. */
  at: number;
  /** Duration of the download, in milliseconds. */
  durationMs: number;
  /** Length of the video, if the download is complete. */
  bytes?: number;
  /** Why it is not complete: `cancelled` by its signal or reader, or a code of `download`; `internal_error` for the sink's own. */
  error?: ErrorCode;
}

/**
 * An event of a client, for logs, metrics and traces: plain data without a key, a URL and, unless `events.includePrompt`
 * asks for it, a prompt.
 */
export type ClientEvent = SubmittedEvent | AcceptedEvent | ProgressEvent | EndedEvent | DownloadEvent;

/** What events contain. */
export interface EventSettings {
  /**
   * Whether a `submitted` event has the prompt.
   *
   * @default false
   */
  includePrompt?: boolean | undefined;
}
