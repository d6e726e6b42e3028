// What a job's object stores, beside the package's record.
import type { Filmgate, Handle, Issue, JobStatus, ProviderId, Quote } from "filmgate";
import type { Billing, JobSpec } from "../types.js";
import type { ChunkedKv } from "./chunked-kv.js";

/** The steps of a job, in the order in which they run if several are due. */
export const STEPS = [
  "index",
  "submit",
  "poll",
  "reconcile",
  "archive",
  "notify",
  "cleanup",
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
  file?: { key: string; bytes: number; type: string };
}

/** An event for the API key's own webhook. */
export interface OutgoingWebhookEvent {
  id: string;
  type: "video.completed" | "video.failed";
  createdAt: number;
  tries: number;
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
  /** The provider has reported no end in a day. */
  isStuck?: boolean;
  videos: VideoArchive[];
  billing?: Billing;
  /** An admin has set the billing: only a charge changes it. */
  isManuallyReconciled?: boolean;
  /** The latest update event. */
  lastUpdate?: Pick<JobStatus, "status" | "progress">;
  /** When the client could see the end. */
  endedAt?: number;
  webhookEvent?: OutgoingWebhookEvent;
  /** The owner has deleted it. It stays until it is billed, and then for late retries. */
  isDeleted?: boolean;
}

/** A job that was created. */
export interface JobData {
  spec: JobSpec;
  state: State;
}

/** The state before anything is sent. `providers` are those with an API key. */
export function newState(client: Filmgate, providers: ProviderId[], spec: JobSpec): State {
  const idempotencyKey = crypto.randomUUID();
  const { handle, warnings } = expected(client, providers, spec, idempotencyKey);
  return {
    idempotencyKey,
    snapshot: { handle, status: "submitting", warnings },
    due: {},
    failed: {},
    videos: [],
  };
}

/**
 * A handle that finds no job yet, and the warnings of its listing. Its provider is only expected: a rejected submit may
 * go to another one.
 */
function expected(
  client: Filmgate,
  providers: ProviderId[],
  spec: JobSpec,
  id: string,
): { handle: Handle; warnings: Issue[] } {
  const { request, provider, createdAt } = spec;
  const isAvailable = (quote: Quote) => quote.available && providers.includes(quote.provider);
  const quotes = client.quote(request).filter(isAvailable);
  // Quotes are sorted by price.
  const ordered: ProviderId[] =
    provider === "cheapest" ? quotes.map((quote) => quote.provider) : [provider].flat();
  const quote = ordered.flatMap((id) => quotes.filter((quote) => quote.provider === id))[0];
  const { model, providerModelId } = quote ?? { model: request.model ?? "", providerModelId: "" };
  const handle: Handle = {
    version: 1,
    provider: quote?.provider ?? ordered[0] ?? "runware",
    model,
    providerModelId,
    id,
    n: request.n ?? 1,
    createdAt,
  };
  return { handle, warnings: quote?.available ? quote.warnings : [] };
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
