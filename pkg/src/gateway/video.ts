import type {
  CancelResult,
  ErrorCode,
  Handle,
  JobStatus,
  Status,
  StoredError,
  JobUpdate,
} from "../types/index.js";
import type { Answer } from "./line.js";
import { Trouble } from "./trouble.js";

/** A video as the gateway tells of it: OpenAI's fields, as far as they are heard here, and ours. */
export interface GatewayVideo {
  id: string;
  status: "queued" | "in_progress" | "completed" | "failed";
  error?: { code?: string; message?: string } | null;
  filmgate?: Partial<JobStatus> & { cancellation?: CancelResult };
}

/** How often the gateway is asked where it does not say, and at most and at least where it does. */
const POLL_MS = { usual: 2_000, least: 250, most: 60_000 };

/** An answer about a job, and how long to wait before the next question. */
export interface Found {
  told: Told;
  waitMs: number;
}

/** What it says of the job. */
export interface Told {
  handle: Handle;
  update: JobUpdate;
  outcome?: JobStatus["outcome"];
  error?: StoredError;
}

export function found({ headers, json }: Answer, ours: Handle): Found {
  const wished = Number(headers.get("openai-poll-after-ms")) || POLL_MS.usual;
  const waitMs = Math.min(Math.max(wished, POLL_MS.least), POLL_MS.most);
  return { told: read(videoOf(json), ours), waitMs };
}

export function videoOf(json: unknown): GatewayVideo {
  const { id, status } = Object(json) as Partial<GatewayVideo>;
  if (typeof id === "string" && typeof status === "string") return json as GatewayVideo;
  throw new Trouble("invalid_response", "The gateway answered with something that is no video.", true);
}

/** What the video tells of the job with that handle, whose names here stay as they are. */
export function read({ id, status, error, filmgate = {} }: GatewayVideo, ours: Handle): Told {
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
  if (!hasEnded) return { handle, update };
  const { outcome } = filmgate;
  if (status === "completed" && outcome) {
    return { handle, update, outcome: { ...outcome, handle } };
  }
  const facts: Omit<StoredError, "provider" | "handle"> = filmgate.error ?? {
    code: (error?.code ?? "generation_failed") as ErrorCode,
    message: error?.message ?? "The gateway says that the job failed, and not why.",
    charge: "unknown",
    retryable: false,
  };
  return { handle, update, error: { ...facts, provider, handle } };
}

// While the gateway still brings a film to safety, or may hear of a lost submit, there is no end yet.
const NO_END: Partial<Record<Status, Status>> = {
  completed: "running",
  submission_unknown: "reconciling",
};

/** The step that is told. */
export function updateOf(told: JobUpdate, hasEnded: boolean): JobUpdate {
  const { status, progress, etaMs, completedCount } = told;
  return {
    status: hasEnded ? status : (NO_END[status] ?? status),
    ...(progress !== undefined && { progress }),
    ...(etaMs !== undefined && { etaMs }),
    ...(completedCount !== undefined && { completedCount }),
  };
}
