import type { Json, ProviderId } from "./common.js";
import type { ErrorCode } from "./error.js";
import type { ModelId } from "./models.js";

/** One provider, an order of preference, or the lowest upper price. */
export type ProviderChoice = ProviderId | ProviderId[] | "cheapest";

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
  /** Stops waiting, with the signal's own reason. The job itself goes on and can be resumed. */
  signal?: AbortSignal;
  /**
   * Lets the provider report the job's end to this address, to which a token of the job's own is
   * added.
   */
  webhook?: WebhookTarget;
}

/** Where webhooks are sent, and what makes their tokens. */
export interface WebhookTarget {
  url: string | URL;
  /** A long random text that nobody else knows. It is never sent. */
  secret: string;
}

/** Where a job stands. The last five are ends. */
export type Status =
  | "submitting"
  | "settling"
  | "queued"
  | "running"
  | "completed"
  | "failed"
  | "cancelled"
  | "expired"
  | "submission_unknown";

/** A step of a running job. */
export interface Update {
  status: Status;
  /** From 0 to 1, where the provider tells. */
  progress?: number;
  /**
   * Expected time to the end, in milliseconds, from the listing's usual run time and the progress
   * told.
   */
  etaMs?: number;
  /** Videos ready so far, where several were ordered. */
  ready?: number;
}

/**
 * What finds a job again: plain JSON without prompt, address, body or key. It may be shown, logged and
 * kept anywhere; any runtime with the provider's key can resume from it.
 */
export interface Handle {
  version: 1;
  provider: ProviderId;
  /** Id in the catalogue, or the caller's own `provider:id`. */
  model: ModelId;
  /** The provider's own name for the model: endpoint or AIR id. */
  wireId: string;
  /** The job's name in the store: a UUID, which at Runware is the taskUUID. */
  key: string;
  /** The provider's id for the job; absent until the provider has accepted (RunPod). */
  jobId?: string;
  /** Videos ordered. */
  n: number;
  /** Milliseconds since 1970. */
  createdAt: number;
  submittedAt?: number;
  acceptedAt?: number;
  endedAt?: number;
  /** Seconds that the provider was asked to keep the video. */
  ttlSeconds?: number;
  /** The quote's two ends when the job was submitted, in micro-dollars. */
  quote?: { min: number; max: number };
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
  seed?: number;
  nsfw?: boolean;
  /** Give it as `remix` in another request. */
  remixId?: string;
  costUsd?: number;
}

/** One of several videos that failed, while others were made. */
export interface Failure {
  code: ErrorCode;
  message: string;
  /** The provider's own code. */
  providerCode?: string;
}

/** The end of a job that made at least one video. The same shape, whichever provider made it. */
export interface Outcome {
  provider: ProviderId;
  model: ModelId;
  handle: Handle;
  videos: Video[];
  failures: Failure[];
  /** The actual cost, as the provider reports it. */
  costUsd?: number;
  /** Actual cost less the nearer end of the quote: 0 inside it. Absent where either is unknown. */
  overQuoteUsd?: number;
  charge: Charge;
  /** Milliseconds, as the provider reports or as observed. */
  timing: { queuedMs?: number; ranMs?: number };
  /** The provider's last answer, untouched. */
  raw: Json;
}

/** What came of `cancel`. */
export interface Cancellation {
  /**
   * `cancelled`: stopped. `too_late`: it had ended. `unsupported`: the provider cannot; the job
   * goes on and is billed.
   */
  result: "cancelled" | "too_late" | "unsupported";
  charge: Charge;
}

/** A job that was submitted: iterate over its updates, or wait for its result. */
export interface Job extends AsyncIterable<Update> {
  /** As known at this moment. */
  readonly handle: Handle;
  /**
   * The outcome; rejects with a `FilmgateError`, or with the signal's own reason. Asking twice
   * waits once.
   */
  result(): Promise<Outcome>;
  /** Asks the provider to stop, and tells what that came to. */
  cancel(): Promise<Cancellation>;
}

/** A job as the store knows it. */
export interface StoredJob {
  handle: Handle;
  status: Status;
  /** Present where the job has completed. */
  outcome?: Outcome;
  /** Present where the job has ended otherwise. */
  error?: Failure & { charge: Charge; retryable: boolean; provider: ProviderId; handle: Handle };
}

/** A webhook as it was received. */
export interface WebhookCall {
  /** The address that was called, whole or from its path on. */
  url: string | URL;
  /** The body: as text, as bytes, or parsed. */
  body: unknown;
  /** The secret that the job was submitted with. */
  secret: string;
}

/** A webhook, read. A hint only: the job is asked again before anything of it is believed. */
export interface WebhookNotice {
  provider: ProviderId;
  /** The job's key, as in its handle; the address vouches for it. */
  key: string;
  /** RunPod's job id or Runware's taskUUID. */
  jobId: string;
  status: "queued" | "running" | "completed" | "failed" | "cancelled";
  /** The body, untouched. */
  raw: Json;
}
