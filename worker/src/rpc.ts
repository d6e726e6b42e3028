// What the objects can be asked by each other: each method is called remotely, and returns plain data.
import type { CancelResult, ListingRef } from "filmgate";
import type { BatchItemPlan, BatchPage, BatchSpec, BatchState, BatchSummary, JobEnding } from "./batch-types.js";
import type {
  AccountChange,
  AccountInfo,
  AccountReport,
  ApiErrorDetails,
  Billing,
  BillingResult,
  Caller,
  CatalogFetch,
  CatalogInfo,
  ChargeDecision,
  ChangeCursor,
  IndexChange,
  IndexEntry,
  JobCatalog,
  JobInfo,
  JobOffer,
  JobSpec,
  JobSummary,
  KeyChange,
  KeyInfo,
  KeyPage,
  KeyRotation,
  KeyState,
  Listed,
  Owner,
  Page,
  PendingFilter,
  ProviderState,
  RegistryPage,
  Retention,
  Secrets,
  SubmitAdmission,
  UsageRow,
  Variant,
  VideoLocation,
} from "./types.js";

type OrError<T> = T | { error: ApiErrorDetails };

/** What names an earlier attempt of a request. */
export interface RepeatedRequest {
  /** The API key that creates the job. */
  keyId: string;
  /** SHA-256 of the request's meaning: equal bodies have equal hashes, however they were encoded. */
  bodyHash: string;
  idempotencyKey?: string;
  /** Which retry the client says this is: `X-Stainless-Retry-Count`, 0 for a first attempt. Absent: it does not count. */
  retryCount?: number;
}

/** Asks an account to reserve the cost of a job. */
export interface ReservationRequest extends RepeatedRequest {
  /** The new job's id in hex, used if a new job may start. */
  jobId: string;
  model: string;
  reservedMicroUsd: number | null;
  /** It was ordered before: a key that its own was rotated to may go on with it. */
  isContinued?: true;
  /** The job of its earlier attempt is gone, and it is a request of its own by now. */
  joinsNone?: true;
}

/** A job that may start, or the existing job of the same request. Creating it is idempotent either way. */
export type Reservation =
  | { jobId: string; isNew: boolean; error?: never }
  | { error: ApiErrorDetails; jobId?: never; isNew?: never };

/** Where the Cron Trigger is in its rounds over the accounts: at which of them, oldest first, and in which round. */
export interface Turn {
  at: number;
  round: number;
}

export interface AccountTurn extends Turn {
  id: string;
}

/** What of an account may need help: see scheduled.ts. */
export interface AccountToTend {
  /** Jobs that have not ended, or whose charge is unknown. */
  jobIds: string[];
  retentionDays?: number;
  /** By key, where it limits; without minted keys, which never change. */
  keyRetentionDays: Record<string, number>;
}

/** One account with its API keys. */
export interface AccountRpc {
  open(info: AccountInfo): Promise<void>;
  change(change: AccountChange): Promise<AccountInfo | undefined>;
  close(at: number): Promise<AccountInfo | undefined>;
  info(): Promise<AccountInfo | undefined>;
  addKey(key: KeyInfo): Promise<boolean>;
  changeKey(id: string, change: KeyChange): Promise<KeyInfo | undefined>;
  rotateKey(id: string, rotation: KeyRotation): Promise<{ key: KeyInfo; old: KeyInfo } | undefined>;
  revokeKey(id: string, at: number): Promise<KeyInfo | undefined>;
  authenticate(hash: string): Promise<(Caller & { state: KeyState }) | undefined>;
  maySubmit(keyId: string): Promise<boolean>;
  reserve(request: ReservationRequest): Promise<Reservation>;
  findJob(request: RepeatedRequest): Promise<string | undefined>;
  recordBilling(jobId: string, billing: Billing): Promise<BillingResult>;
  settle(jobId: string, lostWebhookAt?: number): Promise<void>;
  pending(limit: number, after?: string): Promise<string[]>;
  retentionOf(keyId: string): Promise<Retention | undefined>;
  toTend(limit: number, round: number, until: number): Promise<AccountToTend | undefined>;
  report(): Promise<AccountReport | undefined>;
  usage(from: string, to: string): Promise<UsageRow[]>;
}

/** One batch. */
export interface BatchRpc {
  create(spec: BatchSpec, plans: BatchItemPlan[], catalogs: JobCatalog[]): Promise<BatchState>;
  read(owner: Owner): Promise<BatchState | undefined>;
  cancel(owner: Owner): Promise<BatchState | undefined>;
  onJobEnd(index: number, jobId: string, ending: JobEnding): Promise<void>;
}

/** The list of one account's jobs, and that of its batches. */
export interface JobIndexRpc {
  put(summary: JobSummary): Promise<void>;
  remove(jobId: string, createdAt: number): Promise<void>;
  list(page: Page): Promise<{ entries: IndexEntry[]; hasMore: boolean } | undefined>;
  positionOf(jobId: string, user?: string): Promise<Page["start"]>;
  storedBefore(until: number, limit: number, byKey?: Record<string, number>): Promise<string[]>;
  changedAfter(cursor: ChangeCursor, limit: number): Promise<IndexChange[]>;
  putBatch(summary: BatchSummary): Promise<void>;
  batchesToTend(limit: number, round: number, before: number): Promise<string[]>;
  removeBatch(batchId: string): Promise<void>;
  listBatches(page: BatchPage): Promise<{ batchIds: string[]; hasMore: boolean } | undefined>;
}

/** What an account's object is asked. */
export interface Question {
  id: string;
  args: unknown[];
}

/** `code`: it could not be read. */
export type Answer = { value: unknown } | { code: string };

/** The gateway's secrets, and the lists of its accounts and API keys. */
export interface RegistryRpc {
  secrets(): Promise<Secrets>;
  rotateSecrets(overlapMs: number): Promise<Secrets>;
  putAccount(info: AccountInfo): Promise<void>;
  putKey(info: KeyInfo): Promise<void>;
  findAccount(id: string): Promise<AccountInfo | undefined>;
  findKey(id: string): Promise<KeyInfo | undefined>;
  accountsToTend(limit: number): Promise<AccountTurn[]>;
  continueAt(turn: Turn): Promise<void>;
  listAccounts(page: RegistryPage): Promise<Listed<AccountInfo>>;
  listKeys(page: KeyPage): Promise<Listed<KeyInfo>>;
  ask(object: "account" | "jobIndex", method: string, questions: Question[]): Promise<Answer[]>;
  catalogInfo(): Promise<{ info?: CatalogInfo | undefined; fetch?: CatalogFetch | undefined }>;
  catalog(known: string | undefined): Promise<{ version?: string | undefined; json?: Uint8Array | undefined }>;
  putCatalog(info: CatalogInfo, json: Uint8Array): Promise<void>;
  deleteCatalog(): Promise<void>;
  putCatalogFetch(fetch: CatalogFetch | undefined): Promise<void>;
}

/** One job. Videos are JSON texts. The owner `null` is an admin, or who holds a signed URL. */
export interface JobRpc {
  create(spec: JobSpec, offers?: JobOffer[]): Promise<OrError<{ video: string }>>;
  read(owner: Owner | null): Promise<string | undefined>;
  info(owner: Owner | null): Promise<JobInfo | undefined>;
  file(owner: Owner | null, index: number, variant: Variant): Promise<OrError<VideoLocation>>;
  onFileMissing(index: number): Promise<void>;
  cancel(owner: Owner | null): Promise<OrError<{ cancellation: CancelResult; video: string }>>;
  delete(owner: Owner | null): Promise<true | { error: ApiErrorDetails }>;
  tend(isKeptTooLong: boolean): Promise<void>;
  ending(): Promise<JobEnding | undefined>;
  events(owner: Owner, lastEventId?: string): Promise<Response | undefined>;
  onProviderWebhook(url: string, body: string): Promise<boolean>;
  abandon(): Promise<boolean>;
  reconcileManually(billing: Billing): Promise<boolean | "too_late">;
  reconcilePending(filter: PendingFilter, decision: ChargeDecision, dryRun: boolean): Promise<number | undefined>;
}

/** The circuit breaker of one provider. */
export interface ProviderHealthRpc {
  admit(jobId: string, listing: ListingRef): Promise<SubmitAdmission>;
  withdraw(jobId: string): Promise<void>;
  isUp(listing: ListingRef): Promise<boolean>;
  onSubmit(jobId: string, isAnswered: boolean): Promise<void>;
  state(): Promise<Omit<ProviderState, "provider">>;
}
