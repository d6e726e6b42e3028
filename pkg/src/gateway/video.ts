import type {
  CancelResult,
  ErrorCode,
  Handle,
  Issue,
  JobStatus,
  Status,
  StoredError,
  JobUpdate,
} from "../types/index.js";
import { progressOf } from "../driver/update-stream.js";
import type { GatewayResponse } from "./connection.js";
import { RetryableError } from "./errors.js";

/** A video as the gateway returns it: the fields of OpenAI that are used here, and `filmgate`. */
export interface GatewayVideo {
  id: string;
  status: "queued" | "in_progress" | "completed" | "failed";
  error?: { code?: string; message?: string } | null;
  filmgate?: Partial<JobStatus> & { cancellation?: CancelResult };
}

/** The polling interval: the default, and the limits of the gateway's own value. */
const POLL_MS = { default: 2_000, min: 250, max: 60_000 };

/** A job's snapshot, and how long to wait before the next poll. */
export interface PollResponse {
  snapshot: JobSnapshot;
  waitMs: number;
}

/** The job as the gateway returned it. */
export interface JobSnapshot {
  handle: Handle;
  update: JobUpdate;
  outcome?: JobStatus["outcome"];
  error?: StoredError;
  warnings?: Issue[] | undefined;
}

export function pollResponseOf({ headers, json }: GatewayResponse, ours: Handle): PollResponse {
  const requested = Number(headers.get("openai-poll-after-ms")) || POLL_MS.default;
  const waitMs = Math.min(Math.max(requested, POLL_MS.min), POLL_MS.max);
  return { snapshot: read(videoOf(json), ours), waitMs };
}

export function videoOf(json: unknown): GatewayVideo {
  const { id, status } = Object(json) as Partial<GatewayVideo>;
  if (typeof id === "string" && typeof status === "string") return json as GatewayVideo;
  throw new RetryableError("invalid_response", "The gateway's response is not a video.", true);
}

/** The job in a video. The handle keeps the ids of this client. */
export function read({ id, status, error, filmgate = {} }: GatewayVideo, ours: Handle): JobSnapshot {
  const { provider, model, providerModelId, n, quote, ttlSeconds, endedAt } = filmgate.handle ?? ours;
  const hasEnded = status === "completed" || status === "failed";
  const handle: Handle = {
    ...ours,
    ...{ provider, model, providerModelId, n, jobId: id, acceptedAt: ours.acceptedAt ?? Date.now() },
    ...(quote && { quote }),
    ...(ttlSeconds !== undefined && { ttlSeconds }),
    ...(hasEnded && { endedAt: endedAt ?? Date.now() }),
  };
  const update = updateOf({ status: "queued", ...filmgate }, hasEnded);
  const { outcome, warnings } = filmgate;
  const known = { handle, update, warnings };
  if (!hasEnded) return known;
  if (status === "completed" && outcome) {
    return { ...known, outcome: { ...outcome, handle } };
  }
  const facts: Omit<StoredError, "provider" | "handle"> = filmgate.error ?? {
    code: (error?.code ?? "generation_failed") as ErrorCode,
    message: error?.message ?? "The job failed; the gateway gave no reason.",
    charge: "unknown",
    retryable: false,
  };
  return { ...known, error: { ...facts, provider, handle } };
}

// The job has not ended while the gateway archives the video or may still recover a lost submit.
const NOT_ENDED: Partial<Record<Status, Status>> = {
  completed: "running",
  submission_unknown: "reconciling",
};

/** The update to emit. */
export function updateOf(snapshot: JobUpdate, hasEnded: boolean): JobUpdate {
  const { status, completedCount } = snapshot;
  return {
    status: hasEnded ? status : (NOT_ENDED[status] ?? status),
    ...progressOf(snapshot),
    ...(completedCount !== undefined && { completedCount }),
  };
}
