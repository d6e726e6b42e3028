// A job as the index holds it.
import type { Handle, Status, Video } from "filmgate";
import type { JobInput, JobState, LibraryJob, LibraryVideo } from "./types.js";

const MAX_PROMPT_CHARS = 2_000;
const MAX_URL_CHARS = 4_000;

/** The entry of a job. `before`: the stored one, whose words and deletion stay. */
export function entryOf(input: JobInput, before?: LibraryJob): LibraryJob {
  const { environment, handle, status, outcome, error, request } = input;
  const modelName = input.modelName ?? before?.modelName;
  const charge = (outcome ?? error)?.charge;
  return {
    id: handle.id,
    environment,
    handle,
    status,
    state: stateOf(status),
    model: handle.model,
    ...(modelName !== undefined && { modelName }),
    provider: handle.provider,
    prompt: request?.prompt?.slice(0, MAX_PROMPT_CHARS) ?? before?.prompt ?? "",
    videos: outcome?.videos.map(withoutBytes) ?? [],
    ...(charge && { charge }),
    ...(error && { errorCode: error.code }),
    ...(before?.deletedAt !== undefined && { deletedAt: before.deletedAt }),
  };
}

/** What stays of a purged job for a while. */
export function tombstoneOf({ modelName: _, ...job }: LibraryJob): LibraryJob {
  return { ...job, prompt: "", videos: [], purge: "done" };
}

/** Whether the stored entry says more than a new one, which another tab may have read earlier. */
export function isNewer(before: LibraryJob, next: Pick<JobInput, "handle" | "status">): boolean {
  const [known, given] = [latest(before.handle), latest(next.handle)];
  if (known !== given) return known > given;
  return before.state !== "running" && stateOf(next.status) === "running";
}

const latest = ({ createdAt, submittedAt = 0, acceptedAt = 0, endedAt = 0 }: Handle): number =>
  Math.max(createdAt, submittedAt, acceptedAt, endedAt);

export function stateOf(status: Status): JobState {
  switch (status) {
    case "completed":
      return "completed";
    case "failed":
    case "cancelled":
    case "expired":
      return "failed";
    case "submission_unknown":
      return "unknown";
    default:
      return "running";
  }
}

function withoutBytes({ data: _, url, ...video }: Video): LibraryVideo {
  return url !== undefined && url.length <= MAX_URL_CHARS && !url.startsWith("data:") ? { ...video, url } : video;
}

/**
 * Why deleting a job may lose something that was paid for, or undefined. `running`: the job continues and is billed;
 * `charge_unknown`: the entry is the only thing that finds it again; `not_kept`: a video exists only at the provider.
 */
export function deletionRisk(
  { state, charge, videos }: LibraryJob,
  isKept: (index: number) => boolean,
): "running" | "charge_unknown" | "not_kept" | undefined {
  if (state === "running") return "running";
  if (charge === "unknown" || state === "unknown") return "charge_unknown";
  return videos.some((_, index) => !isKept(index)) ? "not_kept" : undefined;
}
