// A job as its owner sees it: the package's status and the archiving of the video, in OpenAI's form.
import type { JobStatus, VideoResult } from "filmgate";
import { isFinal } from "../../../pkg/dist/util/status.js";
import type { Env } from "../env.js";
import { signedPath } from "../signing.js";
import { videoId } from "../types.js";
import type { JobSpec, VideoDetails } from "../types.js";
import type { JobData, State, VideoArchive } from "./state.js";

const DAY = 24 * 60 * 60_000;
/** Failed attempts after which the provider's own URL is shown, while archiving continues. */
const SHOW_PROVIDER_URL_AFTER = 3;
/** Generated, but not archived yet. */
const ARCHIVING_PROGRESS = 0.99;
/** A longer response of a provider holds a video's bytes. */
const MAX_RAW_CHARS = 64 * 1024;

/** What the owner sees, with the provider's URLs. */
export type View = Pick<JobStatus, "handle" | "status" | "progress" | "etaMs" | "outcome" | "error">;

/** A video as JSON, and until when its signed URLs are valid for at least another day. */
export interface VideoJson {
  text: string;
  until: number;
}

export function viewOf(state: State): View {
  const { snapshot, videos, isReconcileOver } = state;
  const { handle, status, progress, etaMs, outcome, error } = snapshot;
  if (status === "completed" && outcome && !isReady(outcome, videos)) {
    return { handle, status: "running", progress: ARCHIVING_PROGRESS };
  }
  // A webhook may still recover it.
  if (status === "submission_unknown" && !isReconcileOver) return { handle, status: "reconciling" };
  if (isFinal(status) && isBillingPending(state)) {
    return { handle, status: "submitting", ...state.lastUpdate };
  }
  return {
    handle,
    status,
    ...(progress !== undefined && { progress }),
    ...(etaMs !== undefined && { etaMs }),
    ...(outcome && { outcome }),
    ...(error && { error }),
  };
}

/**
 * Whether an end waits for its billing to be recorded: a client that sees the end may create the next job at once. An
 * account that cannot be reached delays nothing.
 */
const isBillingPending = ({ endedAt, due, failed }: State): boolean =>
  endedAt === undefined && due.reconcile !== undefined && !failed.reconcile;

/** Whether every video is archived, or was tried often enough. */
function isReady(outcome: VideoResult, videos: VideoArchive[]): boolean {
  return outcome.videos.every((_, index) => {
    const { file, tries = 0, isLost } = videos[index] ?? {};
    return file !== undefined || isLost || tries >= SHOW_PROVIDER_URL_AFTER;
  });
}

export const hasEnded = (state: State): boolean => isFinal(viewOf(state).status);

/** Whether every video is in R2. */
const isArchived = ({ snapshot, videos }: State): boolean =>
  snapshot.outcome !== undefined && snapshot.outcome.videos.every((_, index) => videos[index]?.file);

/** The response of most routes, generated once for each change. */
export async function videoJson(env: Env, jobId: string, job: JobData): Promise<VideoJson> {
  const { state } = job;
  const view = viewOf(state);
  // The same for a whole day, so that two reads return the same text.
  const until = (Math.floor(Date.now() / DAY) + 1) * DAY;
  const outcome = view.outcome && (await withOwnUrls(env, jobId, job, view.outcome, until + DAY));
  const { billing, snapshot } = state;
  const details: VideoDetails = {
    ...view,
    warnings: snapshot.warnings ?? [],
    ...(outcome && { outcome }),
    archived: isArchived(state),
    ...(billing && { billing }),
  };
  const video = { ...openAIVideo(jobId, job, view), filmgate: details };
  return { text: JSON.stringify(video), until };
}

function openAIVideo(jobId: string, { spec, state }: JobData, view: View) {
  const { error, outcome } = view;
  return {
    id: videoId(jobId),
    object: "video",
    model: spec.request.model ?? view.handle.model,
    status: openAIStatus(view),
    progress: outcome ? 100 : Math.floor((view.progress ?? 0) * 100),
    created_at: seconds(spec.createdAt),
    completed_at: outcome && state.endedAt !== undefined ? seconds(state.endedAt) : null,
    expires_at: outcome && !isArchived(state) ? expiryOf(outcome) : null,
    error: error ? { code: error.code, message: error.message } : null,
    prompt: spec.request.prompt ?? null,
    remixed_from_video_id: spec.remixedFrom ?? null,
    seconds: spec.seconds,
    size: spec.size,
  };
}

function openAIStatus({ status }: View): "queued" | "in_progress" | "completed" | "failed" {
  switch (status) {
    case "submitting":
    case "queued":
      return "queued";
    // The response to the submit was lost: the job may be running.
    case "reconciling":
    case "running":
      return "in_progress";
    case "completed":
      return "completed";
    default:
      return "failed";
  }
}

/** With the gateway's own URLs of the videos that it has archived. */
async function withOwnUrls(
  env: Env,
  jobId: string,
  { spec, state }: JobData,
  outcome: VideoResult,
  expiresAt: number,
): Promise<VideoResult> {
  const videos = outcome.videos.map(async (video, index) => {
    if (!state.videos[index]?.file) return video;
    const { data: _data, ...rest } = video;
    const url = await contentUrl(env, spec, jobId, index, expiresAt);
    return { ...rest, url, expiresAt };
  });
  const raw = JSON.stringify(outcome.raw).length > MAX_RAW_CHARS ? null : outcome.raw;
  return { ...outcome, raw, videos: await Promise.all(videos) };
}

async function contentUrl(
  env: Env,
  { origin }: JobSpec,
  jobId: string,
  index: number,
  expiresAt: number,
): Promise<string> {
  const path = `/v1/videos/${videoId(jobId)}/content?index=${index}`;
  return origin + (await signedPath(env, path, expiresAt));
}

function expiryOf({ videos }: VideoResult): number | null {
  const times = videos.map(({ expiresAt }) => expiresAt).filter((at) => at !== undefined);
  return times.length === 0 ? null : seconds(Math.min(...times));
}

const seconds = (ms: number): number => Math.floor(ms / 1000);
