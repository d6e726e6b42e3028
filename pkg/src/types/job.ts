import type { Json, ProviderId } from "./common.js";
import type { ErrorCode } from "./error.js";
import type { ModelId } from "./models.js";

/** One provider, an order of preference, or the lowest upper price. */
export type ProviderChoice = ProviderId | ProviderId[] | "cheapest";

/** How a request is sent, and what it may cost. */
export interface SubmitOptions {
  /** Default: `cheapest`. */
  provider?: ProviderChoice;
  /** Refuses, before anything is sent, where the upper end of the quote is higher. */
  maxCostUsd?: number;
  /** Lets a listing without a known price pass `maxCostUsd`. */
  allowUnknownCost?: boolean;
  /**
   * How long to wait for the end, in milliseconds. The job itself goes on and can be resumed.
   * Default: one hour.
   */
  timeoutMs?: number;
  /**
   * Names the job: a UUID of version 4, in lower case; at Runware also the taskUUID. Where the store knows a job
   * of that name, nothing is submitted, and that job goes on, unless it never reached a provider.
   */
  idempotencyKey?: string;
  /** Stops waiting, with the signal's own reason. The job itself goes on and can be resumed. */
  signal?: AbortSignal;
  /**
   * Lets the provider report the job's end to this address, to which a token of the job's own is
   * added.
   */
  webhook?: WebhookOptions;
}

/** How a request is sent, and who hears of its steps. */
export interface GenerateOptions extends SubmitOptions {
  /** Called with each step, until the end. */
  onUpdate?: (update: JobUpdate) => void;
}

/** How a job is gone on with. */
export interface ResumeOptions {
  /** Stops waiting, with the signal's own reason. The job itself goes on. */
  signal?: AbortSignal;
  /** How long to wait for the end, in milliseconds, from now on. Default: one hour. */
  timeoutMs?: number;
  /** The provider's id for the job, where its submit ended as unknown (RunPod). */
  jobId?: string;
}

/** Where webhooks are sent, and what makes their tokens. */
export interface WebhookOptions {
  /** The receiver, as the provider reaches it. */
  url: string | URL;
  /** A long random text that nobody else knows. It is never sent. */
  secret: string;
}

/** Where a job stands. The last five are ends. */
export type Status =
  | "submitting"
  | "reconciling"
  | "queued"
  | "running"
  | "completed"
  | "failed"
  | "cancelled"
  | "expired"
  | "submission_unknown";

/** A step of a running job. */
export interface JobUpdate {
  /** Where the job stands now. */
  status: Status;
  /** From 0 to 1, where the provider tells. */
  progress?: number;
  /**
   * Expected time to the end, in milliseconds, from the listing's usual run time and the progress
   * told.
   */
  etaMs?: number;
  /** Videos ready so far, where several were ordered. */
  completedCount?: number;
}

/**
 * What finds a job again: plain JSON without prompt, address, body or key. It may be shown, logged and
 * kept anywhere; any runtime with the provider's key can resume from it.
 */
export interface Handle {
  /** The form of this handle. */
  version: 1;
  /** Who has the job. */
  provider: ProviderId;
  /** Id in the catalog, or the caller's own `provider:id`. */
  model: ModelId;
  /** The provider's own name for the model: endpoint or AIR id. */
  providerModelId: string;
  /** The job's name in the store: a UUID, which at Runware is the taskUUID. */
  id: string;
  /** The provider's id for the job; absent until the provider has accepted (RunPod). */
  jobId?: string;
  /** Videos ordered. */
  n: number;
  /** When the job was begun here, in milliseconds since 1970, as all times of a handle. */
  createdAt: number;
  /** When its submit first left. */
  submittedAt?: number;
  /** When the provider said that it has it. */
  acceptedAt?: number;
  /** When its end was learnt. */
  endedAt?: number;
  /** Seconds that the provider was asked to keep the video. */
  ttlSeconds?: number;
  /** The quote's two ends when the job was submitted, in micro-dollars. */
  quote?: PriceRange;
  /**
   * The gateway that has the job: `jobId` is its id there, and `acceptedAt` when it took the order. Absent where
   * the providers are asked directly.
   */
  gateway?: string;
}

/** The two ends of a price, in micro-dollars: 1 000 000 are one US dollar. */
export interface PriceRange {
  /** The least that it costs. */
  min: number;
  /** The most that it costs. */
  max: number;
}

/** Whether money went: nothing was billed, something was, or the provider alone knows. */
export type Charge = "none" | "charged" | "unknown";

/** A finished video. */
export interface Video {
  /** Where it can be fetched; absent where the provider sent the data itself. */
  url?: string;
  /**
   * The bytes as a data URI or bare Base64, where the provider sent them in place of an address;
   * `download` takes both.
   */
  data?: string;
  /** The provider's id for the video. */
  id?: string;
  /** Milliseconds since 1970 when the address stops working, where that is known. */
  expiresAt?: number;
  /** Makes it again, as far as the provider does. */
  seed?: number;
  /** What the provider's content check found, where one was made. */
  nsfw?: boolean;
  /** Give it as `remix` in another request. */
  remixId?: string;
  /** What this one cost, as the provider reports it. */
  costUsd?: number;
}

/** One of several videos that failed, while others were made. */
export interface VideoError {
  /** What went wrong. */
  code: ErrorCode;
  /** The same in words. Holds no key and no prompt. */
  message: string;
  /** The provider's own code. */
  providerCode?: string;
}

/** The end of a job that made at least one video. The same shape, whichever provider made it. */
export interface VideoResult {
  /** Who made it. */
  provider: ProviderId;
  /** The model that was asked for. */
  model: ModelId;
  /** Finds the job again. */
  handle: Handle;
  /** The videos, at least one. */
  videos: Video[];
  /** Those that failed beside them, where several were ordered. */
  errors: VideoError[];
  /** The actual cost, as the provider reports it. */
  costUsd?: number;
  /** Actual cost less the nearer end of the quote: 0 inside it. Absent where either is unknown. */
  quoteDeltaUsd?: number;
  /** Whether money went. */
  charge: Charge;
  /** How long it took. */
  timing: Timing;
  /** The provider's last answer, untouched. */
  raw: Json;
}

/** How long a job took, in milliseconds: as the provider reports, or as observed. */
export interface Timing {
  /** From the submit to the start. */
  queueTimeMs?: number;
  /** From the start to the end. */
  executionTimeMs?: number;
}

/** What came of `cancel`. */
export interface CancelResult {
  /**
   * `cancelled`: stopped. `already_finished`: it had ended. `unsupported`: the provider cannot; the job
   * goes on and is billed.
   */
  result: "cancelled" | "already_finished" | "unsupported";
  /** Whether money went. */
  charge: Charge;
}

/** A job that was submitted: iterate over its updates, or wait for its result. */
export interface Job extends AsyncIterable<JobUpdate> {
  /** As known at this moment. */
  readonly handle: Handle;
  /**
   * The outcome; rejects with a `FilmgateError`, or with the signal's own reason. Asking twice
   * waits once.
   */
  result(): Promise<VideoResult>;
  /** Asks the provider to stop, and tells what that came to. */
  cancel(): Promise<CancelResult>;
}

/** A job as the store knows it. */
export interface StoredJob {
  /** Finds the job again. */
  handle: Handle;
  /** Where it stood when it was last heard of. */
  status: Status;
  /** Present where the job has completed. */
  outcome?: VideoResult;
  /** Present where the job has ended otherwise. */
  error?: StoredError;
}

/** How a stored job failed: the facts of a `FilmgateError` as plain JSON. */
export interface StoredError extends VideoError {
  /** Whether money went. */
  charge: Charge;
  /** Whether submitting the same request again is safe and may help. */
  retryable: boolean;
  /** Who had the job. */
  provider: ProviderId;
  /** Finds the job again. */
  handle: Handle;
}

/** A job as `status` finds it. */
export interface JobStatus extends StoredJob {
  /** From 0 to 1, where the provider tells. */
  progress?: number;
  /** Expected time to the end, in milliseconds. */
  etaMs?: number;
  /** When to ask next, in milliseconds since 1970; absent once nothing more is to be learnt. */
  nextPollAt?: number;
}

/** A webhook as it was received. */
export interface WebhookRequest {
  /** The address that was called, whole or from its path on. */
  url: string | URL;
  /** The body: as text, as bytes, or parsed. */
  body: unknown;
  /** The secret that the job was submitted with. */
  secret: string;
}

/** A webhook, read. A hint only: the job is asked again before anything of it is believed. */
export interface WebhookEvent {
  /** Who has the job. */
  provider: ProviderId;
  /** The job's id, as in its handle; the address vouches for it. */
  id: string;
  /** RunPod's job id or Runware's taskUUID. */
  jobId: string;
  /** Where the job is said to stand. */
  status: "queued" | "running" | "completed" | "failed" | "cancelled";
  /** The body, untouched. */
  raw: Json;
}
