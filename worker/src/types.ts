// What the gateway's objects send to each other: plain data. Money is in integer micro-dollars, and times are in
// milliseconds since 1970 unless a name says otherwise.
import type {
  CancelResult,
  ErrorCode,
  Issue,
  JobStatus,
  VideoResult,
  ProviderChoice,
  Status,
  VideoRequest,
} from "filmgate";

/** What a job generates: defaults applied, images as URLs. */
export interface JobSpec {
  /** Hex SHA-256 of the API key that created it. It names the key's account and job index. */
  owner: string;
  /** The request in the package's fields. */
  request: VideoRequest;
  /** The providers that may be tried; only those with a provider key. */
  provider: ProviderChoice;
  /** The amount reserved, which is also the highest possible cost. `null`: the price is unknown, and the account allows that. */
  reservedMicroUsd: number | null;
  /** OpenAI's `seconds` and `size`, as the client sent them or as the gateway's defaults set them. */
  seconds: string;
  size: string;
  remixedFrom?: string;
  /** The gateway's public URL, such as `https://gateway.example`, without a slash at the end. */
  origin: string;
  /** R2 keys of the images that were sent for this job. They are deleted once it has ended. */
  uploads: string[];
  createdAt: number;
}

/** Asks an account to reserve the cost of a job. */
export interface ReservationRequest {
  /** The new job's id in hex, used if a new job may start. */
  jobId: string;
  model: string;
  /** SHA-256 of the request's meaning: equal bodies have equal hashes, however they were encoded. */
  bodyHash: string;
  idempotencyKey?: string;
  /** Which retry the client says this is: `X-Stainless-Retry-Count`, 0 for a first attempt. */
  retryCount: number;
  reservedMicroUsd: number | null;
}

/** A job that may start, or the existing job of the same request. Creating it is idempotent either way. */
export type Reservation =
  | { jobId: string; isNew: boolean; error?: never }
  | { error: ApiErrorDetails; jobId?: never; isNew?: never };

/** An error as the API returns it. */
export interface ApiErrorDetails {
  /** HTTP status. */
  status: 400 | 401 | 402 | 403 | 404 | 405 | 408 | 409 | 410 | 413 | 415 | 416 | 422 | 429 | 500 | 502 | 503;
  /** A stable name: one of the package's error codes or of the gateway's own. */
  code: ErrorCode | GatewayCode;
  /** What is wrong and what to do. It holds no key and no prompt. */
  message: string;
  /** The field that is wrong, by the client's name for it. */
  param?: string;
  issues?: Issue[];
  retryAfterSeconds?: number;
  /** `false`: the published SDKs do not retry it by themselves (`x-should-retry`). */
  mayRetryItself?: boolean;
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

/** What a job cost. */
export type Billing =
  /** The actual cost or, if the provider reports none, the reserved amount (`isEstimate`). */
  | { kind: "charged"; microUsd: number; isEstimate: boolean }
  | { kind: "not_charged" }
  /** Unknown: the amount stays reserved until a webhook or an admin resolves it. */
  | { kind: "pending"; reason: PendingReason };

export type PendingReason = "submission_unknown" | "charge_unknown";

/** How an account processed a billing; `unknown`: it has no such job, or closed it long ago. */
export type BillingResult = "recorded" | "already_recorded" | "unknown";

/** What the admin allows an API key. A limit that is absent does not limit. */
export interface KeyLimits {
  dailyBudgetMicroUsd?: number;
  monthlyBudgetMicroUsd?: number;
  /** Jobs that have not ended. */
  maxConcurrentJobs?: number;
  /** Model ids of the catalog; absent: all. */
  models?: string[];
  /** Where this key's events are posted, signed by that `whsec_…` secret. */
  webhook?: { url: string; secret: string };
}

/** An API key without the key itself, which is stored nowhere. */
export interface ApiKeyInfo extends KeyLimits {
  /** `key_` and the first 12 digits of the hash: for logs, metrics and the admin. */
  id: string;
  /** Hex SHA-256 of the key. */
  hash: string;
  name: string;
  createdAt: number;
  revokedAt?: number;
  /** Counts the changes that its account has saved. */
  version?: number;
}

/** An admin's change: absent fields stay, `null` removes a limit. Amounts are in micro-dollars by now. */
export interface KeyChange {
  name?: string | undefined;
  dailyBudgetUsd?: number | null | undefined;
  monthlyBudgetUsd?: number | null | undefined;
  maxConcurrentJobs?: number | null | undefined;
  models?: string[] | null | undefined;
  webhook?: { url: string } | null | undefined;
}

/** An account's spending, newest day first. */
export interface AccountReport {
  key: Omit<ApiKeyInfo, "hash" | "webhook"> & { webhookUrl?: string };
  /** UTC days such as `2026-11-22`. */
  days: { day: string; spentMicroUsd: number; reservedMicroUsd: number; jobs: number }[];
  month: { month: string; spentMicroUsd: number; reservedMicroUsd: number };
  /** What is reserved: running jobs, and jobs whose billing is pending. */
  open: {
    jobId: string;
    model: string;
    microUsd: number;
    reservedAt: number;
    pendingReason?: PendingReason;
  }[];
}

/** One entry of a job index. */
export interface IndexEntry {
  jobId: string;
  createdAt: number;
}

/** One page of a job index. */
export interface Page {
  /** The last job of the page before. */
  after?: string;
  limit: number;
  order: "asc" | "desc";
}

/** `filmgate` beside OpenAI's fields of a video. */
export interface VideoDetails extends JobStatus {
  /** Whether the gateway has the video itself, or only the provider's URL. */
  archived: boolean;
  billing?: Billing;
}

/** What other routes need to know of a job. */
export interface JobInfo {
  spec: JobSpec;
  status: Status;
  /** Present once the job has completed. */
  outcome?: VideoResult;
}

/** Where a video is. */
export type VideoLocation =
  /** In R2, complete. */
  | { kind: "archived"; key: string; bytes: number; type: string; error?: never }
  /** Not archived yet, or not available any more: the provider's URL. */
  | { kind: "provider"; url: string; error?: never };

/** Random secrets, created when they are first needed and never changed. */
export interface Secrets {
  /** Signs the URLs of the providers' webhooks. */
  webhook: string;
  /** Signs URLs of the gateway. */
  signing: string;
}

type OrError<T> = T | { error: ApiErrorDetails };

/** The account of one API key. */
export interface AccountRpc {
  open(info: ApiKeyInfo): Promise<void>;
  change(change: KeyChange): Promise<ApiKeyInfo | undefined>;
  revoke(at: number): Promise<void>;
  info(): Promise<ApiKeyInfo | undefined>;
  reserve(request: ReservationRequest): Promise<Reservation>;
  recordBilling(jobId: string, billing: Billing): Promise<BillingResult>;
  report(): Promise<AccountReport | undefined>;
}

/** The list of one API key's jobs. */
export interface JobIndexRpc {
  add(entry: IndexEntry): Promise<void>;
  remove(jobId: string): Promise<void>;
  list(page: Page): Promise<{ entries: IndexEntry[]; hasMore: boolean } | undefined>;
}

/** The gateway's secrets, and the list of its API keys. */
export interface RegistryRpc {
  secrets(): Promise<Secrets>;
  put(info: ApiKeyInfo): Promise<void>;
  find(id: string): Promise<ApiKeyInfo | undefined>;
  list(): Promise<ApiKeyInfo[]>;
}

/** One job. Videos are JSON texts. */
export interface JobRpc {
  create(spec: JobSpec): Promise<OrError<{ video: string }>>;
  read(owner: string): Promise<string | undefined>;
  info(owner: string): Promise<JobInfo | undefined>;
  file(owner: string | null, index: number): Promise<OrError<VideoLocation>>;
  cancel(owner: string): Promise<OrError<{ cancellation: CancelResult; video: string }>>;
  delete(owner: string): Promise<true | { error: ApiErrorDetails }>;
  events(owner: string, lastEventId?: string): Promise<Response | undefined>;
  onProviderWebhook(url: string, body: string): Promise<boolean>;
  abandon(): Promise<boolean>;
  reconcileManually(billing: Billing): Promise<boolean>;
}

/** A job's public id: `video_` and 64 hexadecimal digits, which only the engine can issue. */
export const videoId = (jobId: string): string => `video_${jobId}`;

/** The job's id in hex; `undefined` if the text is not a public id. */
export function jobIdOf(videoId: string): string | undefined {
  return /^video_([0-9a-f]{64})$/.exec(videoId)?.[1];
}
