// What the gateway's objects say to each other. All of it is plain data, money in integer micro-dollars,
// times in milliseconds since 1970 unless a name says otherwise.
import type {
  ErrorCode,
  Issue,
  JobStatus,
  VideoResult,
  ProviderChoice,
  Status,
  VideoRequest,
} from "filmgate";

/** What a client ordered, complete: defaults applied, pictures as addresses. */
export interface Order {
  /** Hex SHA-256 of the token that ordered it. Names its account and its index. */
  owner: string;
  /** What is to be filmed, in the package's words. */
  request: VideoRequest;
  /** Who may make it; only providers with a key. */
  provider: ProviderChoice;
  /** What is reserved, and so the most it may cost. `null`: nobody knows the price, and the account lets that pass. */
  reservedMicroUsd: number | null;
  /** As the client said or the gateway's default was: OpenAI's `seconds` and `size`, shown in answers. */
  seconds: string;
  size: string;
  remixedFrom?: string;
  /** Where the providers reach the gateway, such as `https://films.example`: no slash at the end. */
  origin: string;
  /** R2 keys of the pictures that were sent for this job, each below its own id; dropped once it has ended. */
  uploads: string[];
  createdAt: number;
}

/** Asks an account to let a job in. */
export interface Admission {
  /** The new job's id in hex, should there be one. */
  jobId: string;
  model: string;
  /** SHA-256 of the order as the client meant it: equal bodies, equal hashes, however they were encoded. */
  bodyHash: string;
  idempotencyKey?: string;
  /** The client says that it asks again: `X-Stainless-Retry-Count` above 0. */
  isRetry: boolean;
  reservedMicroUsd: number | null;
}

/** A job may begin, or is one that there is already: begin it either way, which is done once. */
export type Admitted =
  | { jobId: string; isNew: boolean; error?: never }
  | { error: Refusal; jobId?: never; isNew?: never };

/** Why a call is refused, in the form of an answer. */
export interface Refusal {
  /** HTTP status. */
  status: 400 | 401 | 402 | 403 | 404 | 405 | 408 | 409 | 410 | 413 | 415 | 416 | 422 | 429 | 500 | 502 | 503;
  /** A stable name: the package's error codes and the gateway's own. */
  code: ErrorCode | GatewayCode;
  /** What is wrong and what to do. No key, token or prompt. */
  message: string;
  /** The field that is at fault, as the client called it. */
  param?: string;
  issues?: Issue[];
  retryAfterSeconds?: number;
}

/** Codes that the package does not have. */
export type GatewayCode =
  | "invalid_token"
  | "invalid_request_body"
  | "payload_too_large"
  | "request_timeout"
  | "not_found"
  | "method_not_allowed"
  | "unsupported_media_type"
  | "range_not_satisfiable"
  | "model_not_allowed"
  | "concurrency_limit_exceeded"
  | "idempotency_key_reused"
  | "job_not_finished"
  | "not_ready"
  | "remix_not_supported"
  | "invalid_image"
  | "private_url"
  | "unsupported_variant"
  | "service_unavailable";

/** What a job came to, for its account. */
export type Billing =
  /** The actual cost, or, where the provider told none, the reserved amount. */
  | { kind: "charged"; microUsd: number; isEstimate: boolean }
  /** Nothing was billed. */
  | { kind: "not_charged" }
  /** Nobody knows: it stays reserved until a webhook or an admin tells. */
  | { kind: "pending"; reason: "submission_unknown" | "charge_unknown" };

/** What an admin decides about a token. Absent limits do not limit. */
export interface TokenLimits {
  dailyBudgetMicroUsd?: number;
  monthlyBudgetMicroUsd?: number;
  /** Jobs that have not ended, at once. */
  maxConcurrentJobs?: number;
  /** Ids of the catalog; absent: all. */
  models?: string[];
  /** Where and by which `whsec_…` secret this token's events are posted. */
  webhook?: { url: string; secret: string };
}

/** A token as it may be shown: the token itself is kept nowhere. */
export interface TokenFacts extends TokenLimits {
  /** `key_` and the first 12 digits of the hash: for logs, counters and the admin. */
  id: string;
  /** Hex SHA-256 of the token. */
  hash: string;
  name: string;
  createdAt: number;
  revokedAt?: number;
  /** Counts what its account has kept of it. */
  version?: number;
}

/** An account's spending, newest day first. */
export interface AccountReport {
  token: Omit<TokenFacts, "hash" | "webhook"> & { webhookUrl?: string };
  /** UTC days such as `2026-11-22`. */
  days: { day: string; spentMicroUsd: number; reservedMicroUsd: number; jobs: number }[];
  month: { month: string; spentMicroUsd: number; reservedMicroUsd: number };
  /** What is reserved: running, or held until it is settled. */
  open: {
    jobId: string;
    model: string;
    microUsd: number;
    reservedAt: number;
    pendingReason?: "submission_unknown" | "charge_unknown";
  }[];
}

/** One line of an index. */
export interface IndexEntry {
  jobId: string;
  createdAt: number;
}

/** `filmgate` beside OpenAI's fields of a video. */
export interface Details extends JobStatus {
  /** Whether the gateway has the video itself, or only the provider's address. */
  archived: boolean;
  billing?: Billing;
}

/** What other calls need to know of a job. */
export interface JobFacts {
  order: Order;
  status: Status;
  /** Present where the job has completed: with `remixId`. */
  outcome?: VideoResult;
}

/** Where a video is. */
export type FilePlace =
  /** In R2, whole. */
  | { kind: "archived"; key: string; bytes: number; type: string; error?: never }
  /** Not kept yet, or not to be had: as the provider has it. */
  | { kind: "provider"; url: string; error?: never };

/** A job's public id: `video_` and 64 hexadecimal digits, which only the engine can make. */
export const videoId = (jobId: string): string => `video_${jobId}`;

/** The job's id in hex, if it has the form of one. */
export function jobIdOf(videoId: string): string | undefined {
  return /^video_([0-9a-f]{64})$/.exec(videoId)?.[1];
}
