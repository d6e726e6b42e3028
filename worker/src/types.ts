// What the gateway's objects send to each other: plain data. Money is in integer micro-dollars, and times are in
// milliseconds since 1970 unless a name says otherwise.
import type {
  ErrorCode,
  FilmgateOptions,
  Issue,
  JobStatus,
  ListingRef,
  VideoResult,
  ProviderChoice,
  ProviderId,
  Status,
  VideoRequest,
} from "filmgate";

/** How many days after its end a job's files are kept, as its account last said; absent: no limit of theirs. */
export interface Retention {
  /** The account's own. */
  retentionDays?: number | undefined;
  /** That of the API key that created it. */
  keyRetentionDays?: number | undefined;
}

/** What a job generates: defaults applied, images as URLs. */
export interface JobSpec extends Retention {
  /** The account that owns it, `acct_…`. It names the account's object and its job index. */
  owner: string;
  /** The API key that created it, `key_…`. */
  keyId: string;
  /** The `user` of that key: keys with a `user` see only jobs of the same one. */
  user?: string;
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
  /** What the client noted on it. */
  labels: JobLabels;
  /** Where its end is posted in OpenRouter's form, in place of the account's webhook. */
  callbackUrl?: string;
  /** The batch that it belongs to, in hex, and its place there. */
  batch?: { id: string; index: number };
  /** The definitions that it was planned with, if they are not the built-in ones: it keeps them whatever the catalog becomes. */
  catalog?: JobCatalog;
}

/** A listing that takes a job's request, as it was quoted. `maxUsd` is absent if the price is unknown. */
export type JobOffer = ListingRef & { maxUsd?: number; warnings: Issue[] };

/** A client's own notes on a video. No provider receives them. */
export interface JobLabels {
  /** Its user, at most 256 characters. */
  user?: string;
  /** At most 16 texts. */
  metadata?: Record<string, string>;
}

/** Whose jobs a caller sees: those of an account or, with `user`, only those of that user in it. */
export interface Owner {
  account: string;
  user?: string;
}

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
  | "insufficient_scope"
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
  | "conflict"
  | "job_not_finished"
  | "not_ready"
  | "remix_not_supported"
  | "invalid_image"
  | "private_url"
  | "unsupported_variant"
  | "expired"
  | "no_poster"
  | "unreadable"
  | "not_offered"
  | "service_unavailable";

/** What a job cost. */
export type Billing =
  /** The actual cost or, if the provider reports none, the reserved amount (`isEstimate`). */
  | { kind: "charged"; microUsd: number; isEstimate: boolean }
  /** `isEstimate`: the provider has not said so. */
  | { kind: "not_charged"; isEstimate?: true }
  /** Unknown since then: the amount stays reserved until a webhook, an admin or the policy of UNKNOWN_CHARGES resolves it. */
  | ({ kind: "pending"; since: number } & PendingCause);

export type PendingReason = "submission_unknown" | "charge_unknown";

/** Why a charge is unknown. `code`: the job's error code; of a completed job `completed`. */
export interface PendingCause {
  reason: PendingReason;
  code: string;
  provider: ProviderId;
}

/** Which pending jobs an admin reconciles at once. Absent fields do not restrict. */
export interface PendingFilter {
  /** The job's error code. */
  code?: string | undefined;
  reason?: PendingReason | undefined;
  provider?: ProviderId | undefined;
  /** Only jobs that were created before. */
  before?: number | undefined;
  /** Only charges that are unknown since before. */
  pendingBefore?: number | undefined;
}

/** What an admin, or a policy, says of an unknown charge. `charged`: the reserved amount. */
export type ChargeDecision = "charged" | "not_charged";

/** How an account processed a billing; `unknown`: it has no such job, or closed it long ago. */
export type BillingResult = "recorded" | "already_recorded" | "unknown";

/** What the admin allows an account. A limit that is absent does not limit. */
export interface AccountLimits {
  dailyBudgetMicroUsd?: number;
  monthlyBudgetMicroUsd?: number;
  /** Jobs that have not ended. */
  maxConcurrentJobs?: number;
  /** Model ids of the catalog; absent: all. */
  models?: string[];
}

/** Who pays: limits, webhook and videos of one team. Its API keys share them. */
export interface AccountInfo extends AccountLimits {
  /** `acct_` and twelve random hexadecimal digits. */
  id: string;
  name: string;
  /** Where the account's events are posted, signed by that `whsec_…` secret. */
  webhook?: { url: string; secret: string };
  /** How many days after their end the files of its jobs are kept, if that is less than `RETENTION_DAYS`. */
  retentionDays?: number;
  createdAt: number;
  /** Since then its keys are rejected. */
  closedAt?: number;
  /** Counts the changes that the account has saved. */
  version?: number;
  /** The registry's entry is damaged: its limits are unknown here. */
  isUnreadable?: boolean;
}

/**
 * What an API key may do: create, cancel and delete videos; read them; use the admin API; or create short-lived keys of
 * the same account, and nothing else.
 */
export const SCOPES = ["create", "read", "admin", "mint"] as const;
export type Scope = (typeof SCOPES)[number];

/** An API key without the key itself, which is stored nowhere. */
export interface KeyInfo {
  /** `key_` and the first 12 digits of the hash: for logs, metrics and the admin. */
  id: string;
  /** Hex SHA-256 of the key. */
  hash: string;
  accountId: string;
  name: string;
  scopes: Scope[];
  createdAt: number;
  expiresAt?: number;
  revokedAt?: number;
  /** Up to an hour ago when it is read. */
  lastUsedAt?: number;
  /** Narrows the account's models. */
  models?: string[];
  /** What it may cost over its whole life, and the life of the keys that rotations replace it by. */
  maxSpendMicroUsd?: number;
  /** An opaque name of the caller's own user: the key sees only videos that a key of the same user created. */
  user?: string;
  /** How many days after their end the files of its jobs are kept, if that is less than the account and the gateway say. */
  retentionDays?: number;
  /** The key of scope `mint` that created it. It is rejected once that key is revoked. */
  mintedBy?: string;
  /** The first key of a series of rotations, whose spending it continues. Default: its own id. */
  spendId?: string;
  version?: number;
  /** The registry's entry is damaged: its scopes and limits are unknown here. */
  isUnreadable?: boolean;
}

/** An admin's change: absent fields stay, `null` removes a limit. Amounts are in micro-dollars by now. */
export interface AccountChange {
  name?: string | undefined;
  dailyBudgetUsd?: number | null | undefined;
  monthlyBudgetUsd?: number | null | undefined;
  maxConcurrentJobs?: number | null | undefined;
  models?: string[] | null | undefined;
  webhook?: { url: string } | null | undefined;
  retentionDays?: number | null | undefined;
}

/** The same for a key. */
export interface KeyChange {
  name?: string | undefined;
  scopes?: Scope[] | undefined;
  expiresAt?: number | null | undefined;
  models?: string[] | null | undefined;
  maxSpendUsd?: number | null | undefined;
  user?: string | undefined;
  retentionDays?: number | null | undefined;
}

/** An API key and its account: who calls. */
export interface Caller {
  key: KeyInfo;
  account: AccountInfo;
}

/** Why a known key is rejected. */
export type KeyState = "active" | "revoked" | "expired" | "closed";

/** A replacement for a key: all but its own id and hash is the old one's. */
export interface KeyRotation {
  id: string;
  hash: string;
  createdAt: number;
  /** When the old key expires. */
  oldExpiresAt: number;
  /** When the new one expires. `null`: never; absent: as the old one would have. */
  expiresAt?: number | null | undefined;
}

type Sums = { spentMicroUsd: number; reservedMicroUsd: number };

/** What a key spent with a model on a UTC day. */
export interface UsageRow extends Sums {
  day: string;
  keyId: string;
  model: string;
  jobs: number;
}

/** An account's spending, newest day first. Days are UTC days such as `2026-11-22`. */
export interface AccountReport {
  days: ({ day: string; jobs: number } & Sums)[];
  month: { month: string } & Sums;
  /** The days by key and model; what a minted key spends belongs to the key that minted it. */
  usage: UsageRow[];
  /** What is reserved: running jobs, and jobs whose billing is pending. */
  open: {
    jobId: string;
    keyId: string;
    model: string;
    microUsd: number;
    reservedAt: number;
    /** Of a pending charge, with the job's error code and its provider. */
    pendingReason?: PendingReason;
    code?: string;
    provider?: ProviderId;
  }[];
  /** How many webhooks of jobs that ended in the last week were given up. */
  lostWebhooks: number;
}

/** What a job tells its index, on every change that its owner can see. */
export interface JobSummary {
  jobId: string;
  createdAt: number;
  /** Counts the changes: of two summaries the higher one is later, in whatever order they arrive. */
  version: number;
  updatedAt: number;
  /** When the job ended, while its files are still stored and its cost is known. */
  storedSince?: number;
  /** The API key that created it. */
  keyId: string;
  /** The key's `user`. */
  user?: string;
  /** Model and OpenAI's status of the video, to filter by. */
  model: string;
  status: string;
  /** The video as JSON with unsigned URLs, at most 16 kB. */
  text: string;
}

/** One entry of a job index. */
export interface IndexEntry {
  jobId: string;
  createdAt: number;
  keyId: string;
  /** `text` of the job's latest summary. */
  summary: string;
}

/** A change of an index. */
export interface IndexChange extends IndexEntry {
  /** When it changed. */
  at: number;
  isRemoved: boolean;
}

/** A place among the changes of an index, which are in the order of their times. */
export interface ChangeCursor {
  at: number;
  jobId: string;
}

/** Which entries of an index; what is absent does not filter. */
export interface IndexFilter {
  keyId?: string;
  user?: string;
  model?: string;
  status?: string;
  /** Part of the id or of the prompt. */
  search?: string;
}

/** One page of a job index. */
export interface Page {
  /** The last job of the page before. */
  after?: string;
  /** The same by its position, for the lists of other API keys. */
  start?: { createdAt: number; jobId: string };
  limit: number;
  order: "asc" | "desc";
  filter?: IndexFilter;
}

/** `filmgate` beside OpenAI's fields of a video. */
export interface VideoDetails extends JobStatus {
  /** Whether the gateway has the video itself, or only the provider's URL. */
  archived: boolean;
  /** Whether `content?variant=thumbnail` has a still of each video. */
  poster: boolean;
  billing?: Billing;
  /** The client's own notes, if it sent any. */
  user?: string;
  metadata?: Record<string, string>;
  /** Why the job does not advance. */
  waiting?: Waiting;
  /** The account's webhook, or the job's callback, once it was tried. */
  webhook?: { state: DeliveryState; tries: number };
}

/** `given_up`: its receiver has refused it for a day. */
export type DeliveryState = "retrying" | "delivered" | "given_up";

/** What a job waits for. */
export interface Waiting {
  provider: ProviderId;
  /**
   * `provider_unreachable`: the provider does not respond; the job continues once it does, and a submit has not been sent.
   * `submission_unknown`: the response to the submit was lost, and the job is looked for.
   */
  reason: "provider_unreachable" | "submission_unknown";
  since: number;
}

/** What other routes need to know of a job. */
export interface JobInfo {
  spec: JobSpec;
  status: Status;
  /** Present once the job has completed. */
  outcome?: VideoResult;
  /** Its retention is over: what was asked for is forgotten. */
  isExpired: boolean;
}

/** Where a video is. */
export type VideoLocation =
  /** In R2, complete. */
  | { kind: "archived"; key: string; bytes: number; type: string; error?: never }
  /** Not archived yet, or not available any more: the provider's URL. */
  | { kind: "provider"; url: string; error?: never };

/** A random secret, and when it is in force. */
export interface Secret {
  value: string;
  /** Signs from then on. It verifies from the start: isolates read it before it signs. */
  from: number;
  /** Verifies until then; absent: it is the current one, or the next. */
  until?: number;
}

/** Secrets that sign, newest first. Each is created when it is first needed, and replaced by a rotation. */
export interface Secrets {
  /** Of the URLs of the providers' webhooks. */
  webhook: Secret[];
  /** Of the gateway's own URLs. */
  signing: Secret[];
  rotatedAt?: number;
}

/** A page of the registry: after an id, newest first, with a text in name or id. */
export interface RegistryPage {
  limit: number;
  after?: string | undefined;
  search?: string | undefined;
}

export interface KeyPage extends RegistryPage {
  /** Only the keys of that account. */
  account?: string | undefined;
  /** Only keys that were minted, or only others. Default: others, and with `account` all. */
  minted?: boolean | undefined;
  state?: "active" | "revoked" | "expired" | undefined;
}

/** `undefined`: the entry of `after` is unknown. */
export type Listed<T> = { data: T[]; hasMore: boolean } | undefined;

/** Which of a video's files. */
export type Variant = "video" | "thumbnail";

/** Whether a submit may be sent now; `more` of the isolate pass within `forMs`, uncounted. `since`: the provider is away since then. */
export type SubmitAdmission =
  | { isAdmitted: true; more?: number; forMs?: number; isCounted?: false }
  | { isAdmitted: false; retryAt: number; since?: number };

/** Whether a provider can be reached, as the admin sees it. */
export interface ProviderState {
  provider: ProviderId;
  state: "up" | "down";
  /** When it went down. */
  since?: number;
  /** Jobs that wait in the queue for it. */
  waitingJobs: number;
}

/** A job's public id: `video_` and 64 hexadecimal digits, which only the engine can issue. */
export const videoId = (jobId: string): string => `video_${jobId}`;

/** The job's id in hex; `undefined` if the text is not a public id. */
export function jobIdOf(videoId: string): string | undefined {
  return /^video_([0-9a-f]{64})$/.exec(videoId)?.[1];
}

/** A list of models, or a catalog document, without entries that break a rule. */
export type GivenCatalog = NonNullable<FilmgateOptions["models"]>;

/** A job's models of a catalog that is not the built-in one. */
export interface JobCatalog {
  /** `CatalogInfo.version` of the whole catalog. */
  version: string;
  given: GivenCatalog;
}

/** A catalog in place of the built-in one, without its models. */
export interface CatalogInfo {
  /** The first 12 hexadecimal digits of the SHA-256 of what is stored. */
  version: string;
  source: "upload" | "url";
  /** The day of a document; a list has none. */
  date?: string;
  modelCount: number;
  leftOut: LeftOut[];
  storedAt: number;
}

/** A model that was not taken over, with the first rule that it breaks. */
export interface LeftOut {
  /** Its id, or its place. */
  model: string;
  path: string;
  message: string;
}

/** How CATALOG_URL was last fetched. */
export interface CatalogFetch {
  /** SHA-256 of the URL, which may contain credentials. */
  urlHash: string;
  at: number;
  /** Of the last response that was read, so that it is read only once. */
  etag?: string;
  bodyHash?: string;
  /** Why it failed: a code for the log, and words for the admin. */
  failure?: { code: string; message: string };
}
