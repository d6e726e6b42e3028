import type { Json, ProviderId } from "./common.js";
import type { ErrorCode } from "./error.js";
import type { ModelId } from "./models.js";
import type { Issue, VideoRequest } from "./request.js";

/** One provider, several in order of preference, or the listing with the lowest maximum price. */
export type ProviderChoice = ProviderId | ProviderId[] | "cheapest";

/** Options of a submit. */
export interface SubmitOptions {
  /**
   * The providers to use.
   *
   * @default "cheapest"
   */
  provider?: ProviderChoice | undefined;
  /** Rejects with `budget_exceeded`, before anything is sent, if the upper end of the quote is higher. */
  maxCostUsd?: number | undefined;
  /**
   * Whether a listing without a known price passes `maxCostUsd`.
   *
   * @default false
   */
  allowUnknownCost?: boolean | undefined;
  /**
   * How long to wait for the end of the job, in milliseconds. After that, the job continues and can be resumed.
   *
   * @default 3_600_000 (one hour)
   */
  timeoutMs?: number | undefined;
  /**
   * Id of the job: a UUID v4 in lower case, which is also Runware's taskUUID. If the store has a job with this id,
   * nothing is submitted and that job is resumed, unless it never reached a provider. Rejects with `invalid_request` if
   * that job is of another request: of another model, number of videos, content or provider than asked for.
   *
   * @default a random UUID
   */
  idempotencyKey?: string | undefined;
  /** Stops waiting; the call rejects with the signal's reason. The job continues and can be resumed. */
  signal?: AbortSignal | undefined;
  /** The provider reports the end of the job to this URL, to which a token of the job is added. */
  webhook?: WebhookOptions | undefined;
}

/** Options of `generate`. */
export interface GenerateOptions extends SubmitOptions {
  /** Called with each update, until the job ends. It is not awaited, and what it throws, or rejects with, is ignored. */
  onUpdate?: ((update: JobUpdate) => void) | undefined;
}

/** Options of `resume` and `status`. */
export interface ResumeOptions {
  /** Stops waiting; the call rejects with the signal's reason. The job continues. */
  signal?: AbortSignal | undefined;
  /**
   * How long to wait for the end of the job, in milliseconds from now.
   *
   * @default 3_600_000 (one hour)
   */
  timeoutMs?: number | undefined;
  /** The provider's id of the job, if the outcome of its submit is unknown (RunPod). */
  jobId?: string | undefined;
  /**
   * The request that the job was submitted with. It is only compared: errors then have the provider's own words as
   * their message, without quotations of the request. Nothing of it is sent or stored.
   */
  request?: VideoRequest | undefined;
}

/** Where a provider sends webhooks, and the secret that their tokens are derived from. */
export interface WebhookOptions {
  /** URL of the receiver, reachable by the provider. */
  url: string | URL;
  /** A long random secret. It is never sent. */
  secret: string;
}

/** Status of a job. The last five are final. */
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

/** A change of a tracked job. */
export interface JobUpdate {
  /** Current status. */
  status: Status;
  /** From 0 to 1, if the provider reports it. */
  progress?: number;
  /** Expected time to the end, in milliseconds, from the listing's typical run time and the progress. */
  etaMs?: number;
  /** Number of videos that are ready, if `n` is greater than 1. */
  completedCount?: number;
  /**
   * What stands in the way while the job has not ended: polls that fail (`connection_error`), a job that the provider does
   * not know yet (`job_not_found`), an error of a running job, or a record that cannot be written (`store_error`).
   */
  error?: VideoError;
}

/**
 * Identifies a job: plain JSON without prompt, URL, request body or key. It may be logged and stored anywhere. Any
 * runtime that has the provider's key can resume the job from it. All times are in milliseconds since 1970.
 */
export interface Handle {
  /** Version of this format. */
  version: 1;
  /** The provider that has the job. */
  provider: ProviderId;
  /** Model of the request: an id of the catalog, or `provider:id`. */
  model: ModelId;
  /** The provider's own id of the model: RunPod's endpoint or Runware's AIR id. */
  providerModelId: string;
  /** Id of the job and its key in the store: a UUID v4, which is also Runware's taskUUID. */
  id: string;
  /** The provider's id of the job. Undefined until the provider has accepted it (RunPod). */
  jobId?: string;
  /** Number of videos requested. */
  n: number;
  /** When the job was created. */
  createdAt: number;
  /** When its submit was first sent. */
  submittedAt?: number;
  /** When the provider confirmed that it has the job. */
  acceptedAt?: number;
  /** When its end became known. */
  endedAt?: number;
  /** Requested retention of the video, in seconds. */
  ttlSeconds?: number;
  /** The quote when the job was submitted, in micro-dollars. */
  quote?: PriceRange;
  /**
   * URL of the gateway that has the job. `jobId` is then the gateway's id, and `acceptedAt` is when the gateway
   * accepted the job. Undefined if the providers are called directly.
   */
  gateway?: string;
}

/** The handle that `start` returns. */
export interface StartedHandle extends Handle {
  /** Warnings of the listing. Not enumerable: a copy of the handle, such as its JSON, has none. */
  readonly warnings: Issue[];
}

/** A price range in micro-dollars: 1,000,000 are one US dollar. */
export interface PriceRange {
  /** Lower end. */
  min: number;
  /** Upper end. */
  max: number;
}

/** Billing: nothing was billed, something was billed, or only the provider knows. */
export type Charge = "none" | "charged" | "unknown";

/** A finished video. */
export interface Video {
  /** URL of the file. Undefined if the provider returned the data itself. */
  url?: string;
  /** The file as a data URI or Base64, if the provider returned it in place of a URL. `download` accepts both. */
  data?: string;
  /** The provider's id of the video. */
  id?: string;
  /** When the URL expires, in milliseconds since 1970, if known. */
  expiresAt?: number;
  /** Seed for a similar video, as far as the provider supports it. */
  seed?: number;
  /** Result of the provider's content check, if there was one. */
  nsfw?: boolean;
  /** Id for `remixId` of another request. */
  remixId?: string;
  /** Cost of this video as reported by the provider, in US dollars. */
  costUsd?: number;
}

/** Failure of one video among several. */
export interface VideoError {
  /** Stable code of the error. */
  code: ErrorCode;
  /** Description for people. Holds no key and no prompt. */
  message: string;
  /** The provider's own error code. */
  providerCode?: string;
}

/** Result of a job with at least one video. Its shape is the same for all providers. */
export interface VideoResult {
  /** The provider that generated the videos. */
  provider: ProviderId;
  /** Model of the request. */
  model: ModelId;
  /** Handle of the job. */
  handle: Handle;
  /** The videos, at least one. */
  videos: Video[];
  /** Errors of the videos that failed, if `n` is greater than 1. */
  errors: VideoError[];
  /** Warnings of the listing about the request, such as a field that it ignores. */
  warnings: Issue[];
  /** Actual cost as reported by the provider, in US dollars. */
  costUsd?: number;
  /** Actual cost minus the nearer end of the quote: 0 within the quote. Undefined if either is unknown. */
  quoteDeltaUsd?: number;
  /** Whether something was billed. */
  charge: Charge;
  /** Duration of the job. */
  timing: Timing;
  /** The provider's last response, unchanged. */
  raw: Json;
}

/** Duration of a job in milliseconds, as reported by the provider or as observed. */
export interface Timing {
  /** From the submit to the start. */
  queueTimeMs?: number;
  /** From the start to the end. */
  executionTimeMs?: number;
}

/** Result of `cancel`. */
export interface CancelResult {
  /**
   * `cancelled`: the job was stopped. `already_finished`: it had ended before. `unsupported`: the provider cannot
   * cancel, or did not respond within ten seconds, or another process that tracks the job got no id for it from the provider
   * in that time; the job continues and is billed.
   */
  result: "cancelled" | "already_finished" | "unsupported";
  /** Whether something was billed. */
  charge: Charge;
}

/** A submitted job. Iterate over its updates, or await its result. */
export interface Job extends AsyncIterable<JobUpdate> {
  /** Current handle. */
  readonly handle: Handle;
  /**
   * Warnings of the listing about the request, such as a field that it ignores. Of a resumed job, those of its record
   * once that is loaded: empty without a record.
   */
  readonly warnings: Issue[];
  /** The result. Rejects with a `FilmgateError`, or with the signal's reason. May be called more than once. */
  result(): Promise<VideoResult>;
  /**
   * Requests the cancellation of the job from the provider, and returns its result. Also while another process tracks the
   * job, which sees the end at its next poll.
   */
  cancel(): Promise<CancelResult>;
}

/** A job as recorded in the store. */
export interface StoredJob {
  /** Handle of the job. */
  handle: Handle;
  /** Last known status. */
  status: Status;
  /** The result, if the job has completed. */
  outcome?: VideoResult;
  /** The error, if the job has ended otherwise. */
  error?: StoredError;
  /** Warnings of the listing about the request, as far as the record has them. */
  warnings?: Issue[];
}

/** The error of a stored job: the fields of a `FilmgateError` as plain JSON. */
export interface StoredError extends VideoError {
  /** Whether something was billed. */
  charge: Charge;
  /** Whether submitting the same request again is safe and may succeed. */
  retryable: boolean;
  /** The provider that had the job. */
  provider: ProviderId;
  /** Handle of the job. */
  handle: Handle;
  /**
   * The provider's own words in a response that this call received. Not enumerable and in no record: they may quote the
   * request.
   */
  readonly providerMessage?: string;
  /** The response that ended a job which may have been billed, if no video was found in it. Not enumerable. */
  readonly raw?: Json;
}

/** A job as returned by `status`. */
export interface JobStatus extends StoredJob {
  /** From 0 to 1, if the provider reports it. */
  progress?: number;
  /** Expected time to the end, in milliseconds. */
  etaMs?: number;
  /**
   * When to check next, in milliseconds since 1970. Undefined once the job has ended. While another process tracks the job,
   * the status is what its record says, and this is in five seconds.
   */
  nextPollAt?: number;
}

/** A webhook request as received. */
export interface WebhookRequest {
  /** The requested URL, complete or from its path on. */
  url: string | URL;
  /** The body: text, bytes, or parsed JSON. */
  body: unknown;
  /** The secret that the job was submitted with. */
  secret: string;
}

/** A verified webhook. Its payload is only a hint: the job is polled before its result is trusted. */
export interface WebhookEvent {
  /** The provider that has the job. */
  provider: ProviderId;
  /** `id` of the job's handle, verified by the token in the URL. */
  id: string;
  /** The provider's id of the job: RunPod's job id or Runware's taskUUID. */
  jobId: string;
  /** Reported status. */
  status: "queued" | "running" | "completed" | "failed" | "cancelled";
  /** The parsed body, unchanged. */
  raw: Json;
}
