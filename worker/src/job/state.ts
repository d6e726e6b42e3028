// What a job's object stores, beside the package's record.
import type { Handle, JobStatus } from "filmgate";
import type { Billing, DeliveryState, JobOffer, JobSpec, Owner, Waiting } from "../types.js";
import type { ChunkedKv } from "./chunked-kv.js";

/** The steps of a job, in the order in which they run if several are due. */
export const STEPS = [
  "index",
  "submit",
  "poll",
  "reconcile",
  "estimate",
  "archive",
  "notify",
  "cleanup",
  "poster",
  "settle",
  "expire",
  "purge",
] as const;
export type StepName = (typeof STEPS)[number];

/** One video of the job. */
export interface VideoArchive {
  /** Failed attempts. */
  tries: number;
  /** When it is tried next. */
  nextAt?: number;
  /** It is not available any more. */
  isLost?: boolean;
  /** The file, once all of it is in R2. */
  file?: StoredFile;
  /** A still of the video, once it is in R2. */
  poster?: StoredFile;
  /** Failed attempts at the poster. */
  posterTries?: number;
  /** It was in R2, and is not any more. */
  isExpired?: boolean;
}

export interface StoredFile {
  key: string;
  bytes: number;
  type: string;
}

/** An event for the account's own webhook. */
export interface OutgoingWebhookEvent {
  id: string;
  type: "video.completed" | "video.failed";
  createdAt: number;
  tries: number;
  /** What came of the last try; absent before the first. */
  state?: DeliveryState;
}

/** All but the spec. */
export interface State {
  /** The idempotency key of the submit: the same after a crash. */
  idempotencyKey: string;
  /** What the package knows; before the submit, what is expected. */
  snapshot: JobStatus;
  /** When each step is due; absent if it is not. */
  due: Partial<Record<StepName, number>>;
  /** Consecutive failures of each step. */
  failed: Partial<Record<StepName, number>>;
  /** The provider's id of the job, as a webhook reported it. */
  webhookJobId?: string;
  /** When the provider was last asked about the job. */
  lastPollAt?: number;
  /** When the outcome of the submit became unknown. */
  unknownSince?: number;
  /** The time in which a webhook can recover an unknown submit is over. */
  isReconcileOver?: boolean;
  /** Answers of the provider that it does not have the job of an unknown submit, and when the first came. */
  notFound?: { since: number; answers: number };
  /** Since when a provider lets it submit; absent while it waits for one. */
  submittableSince?: number;
  /** How long it waited for a provider before its submit. */
  queueMs?: number;
  /** What it waits for. */
  waiting?: Waiting;
  /** The provider has reported no end in a day. */
  isStuck?: boolean;
  videos: VideoArchive[];
  billing?: Billing;
  /** An admin has set the billing: only a charge changes it. */
  isManuallyReconciled?: boolean;
  /** The billing is assumed, by policy or by an admin: what the provider says of it counts more. */
  isAssumed?: boolean;
  /** The latest update event. */
  lastUpdate?: Pick<JobStatus, "status" | "progress">;
  /** When the client could see the end. */
  endedAt?: number;
  /** When the retention was over, and the files, the prompt and the result were deleted. */
  expiredAt?: number;
  /** Counts the changes that the owner can see. */
  revision?: number;
  /** The owner's list has the job. */
  isListed?: boolean;
  webhookEvent?: OutgoingWebhookEvent;
  /** The owner has deleted it. It stays until it is billed, and then for late retries. */
  isDeleted?: boolean;
}

/** A job that was created. */
export interface JobData {
  spec: JobSpec;
  state: State;
}

/** The state before anything is sent. */
export function newState(spec: JobSpec, offers: JobOffer[] = []): State {
  const idempotencyKey = crypto.randomUUID();
  const [offer] = offers;
  return {
    idempotencyKey,
    snapshot: { handle: expected(spec, offer, idempotencyKey), status: "submitting", warnings: offer?.warnings ?? [] },
    due: {},
    failed: {},
    videos: [],
  };
}

/** A handle that finds no job yet. Its provider is only expected: a rejected submit may go to another one. */
function expected({ request, provider: choice, createdAt }: JobSpec, offer: JobOffer | undefined, id: string): Handle {
  const first = choice === "cheapest" ? "runware" : ([choice].flat()[0] ?? "runware");
  const { provider, model, providerModelId } = offer ?? { provider: first, model: request.model ?? "", providerModelId: "" };
  return { version: 1, provider, model, providerModelId, id, n: request.n ?? 1, createdAt };
}

/** The earliest time at which a step is due. */
export function nextDue(state: State): number | undefined {
  const times = STEPS.map((step) => state.due[step]).filter((at) => at !== undefined);
  return times.length === 0 ? undefined : Math.min(...times);
}

export function loadJob(kv: ChunkedKv): JobData | undefined {
  const [spec, state] = [kv.get("spec"), kv.get("state")];
  if (spec === undefined || state === undefined) return undefined;
  return { spec: JSON.parse(spec) as JobSpec, state: JSON.parse(state) as State };
}

export const saveSpec = (kv: ChunkedKv, spec: JobSpec): void =>
  kv.put("spec", JSON.stringify(spec));

export const saveState = (kv: ChunkedKv, state: State): void =>
  kv.put("state", JSON.stringify(state));

export const ownerOf = ({ owner, user }: JobSpec): Owner => ({
  account: owner,
  ...(user !== undefined && { user }),
});

/** Without a user the owner is the whole account. */
export const isOwnedBy = ({ owner, user }: JobSpec, by: Owner): boolean =>
  owner === by.account && (by.user === undefined || by.user === user);
