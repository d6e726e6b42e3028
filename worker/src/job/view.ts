// A job as its owner sees it: the package's status and the archiving of the video, in OpenAI's form.
import type { JobStatus, VideoResult } from "filmgate";
import { isFinal } from "filmgate/gateway-server";
import type { Env } from "../env.js";
import { publicOrigin } from "../public-fetch.js";
import { signedPath, urlExpiry } from "../signing.js";
import type { JobEnding } from "../batch-types.js";
import { videoId } from "../types.js";
import type { JobSummary, VideoDetails, Waiting } from "../types.js";
import { mayExpire, retentionEnd } from "./retention.js";
import type { JobData, State, VideoArchive } from "./state.js";

/** Failed attempts after which the provider's own URL is shown, while archiving continues. */
const SHOW_PROVIDER_URL_AFTER = 3;
/** Generated, but not archived yet. */
const ARCHIVING_PROGRESS = 0.99;
/** A longer response of a provider holds a video's bytes. */
const MAX_RAW_CHARS = 64 * 1024;
/** A longer prompt is cut in a summary. */
const MAX_SUMMARY_PROMPT_CHARS = 4_000;
/** A summary in a job index: longer ones keep only what a list shows, and are marked as `truncated`. */
const MAX_SUMMARY_BYTES = 16_000;
const MAX_SHORT_CHARS = 500;

/** What the owner sees, with the provider's URLs. */
export type View = Pick<JobStatus, "handle" | "status" | "progress" | "etaMs" | "outcome" | "error">;

/** So long after a rotation of the secrets a video may have URLs that the previous one has signed. */
const MAX_SIGNED_AGE_MS = 60_000;

/** A video as JSON, and until when it may be returned: its signed URLs are valid for at least another hour. */
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

/** What the job waits for, so that its owner need not wait for the end to know. */
function waitingOf({ snapshot, waiting, unknownSince, isReconcileOver }: State): Waiting | undefined {
  const { status, handle } = snapshot;
  if (status !== "submission_unknown") return isFinal(status) ? undefined : waiting;
  if (unknownSince === undefined || isReconcileOver) return undefined;
  return { provider: handle.provider, reason: "submission_unknown", since: unknownSince };
}

/** Whether every video is archived, or was tried often enough. */
function isReady(outcome: VideoResult, videos: VideoArchive[]): boolean {
  return outcome.videos.every((_, index) => {
    const { file, tries = 0, isLost } = videos[index] ?? {};
    return file !== undefined || isLost || tries >= SHOW_PROVIDER_URL_AFTER;
  });
}

export const hasEnded = (state: State): boolean => isFinal(viewOf(state).status);

/** How it has ended, for its batch. A deleted job has ended, too. */
export function endingOf(state: State): JobEnding {
  const { status, error } = viewOf(state);
  const { billing, isDeleted } = state;
  return {
    isOver: isDeleted === true || isFinal(status),
    status: status === "completed" ? "completed" : "failed",
    ...(billing && { billing }),
    ...(error && { code: error.code }),
  };
}

/** Whether the job has that file of every video in R2. */
const hasAll = ({ snapshot, videos }: State, file: "file" | "poster"): boolean =>
  snapshot.outcome !== undefined && snapshot.outcome.videos.every((_, index) => videos[index]?.[file]);

/** The response of most routes, generated once for each change. */
export async function videoJson(env: Env, jobId: string, job: JobData): Promise<VideoJson> {
  const view = viewOf(job.state);
  const now = Date.now();
  const { until, expiresAt } = urlExpiry(now);
  const sign = async (index: number): Promise<OwnUrl> => {
    const path = await signedPath(env, contentPath(jobId, index), expiresAt);
    return { url: publicOrigin(env, job.spec.origin) + path, expiresAt };
  };
  // Those of the providers are not signed.
  const own = view.outcome ? job.state.videos.map((each, index) => isOwn(each) && sign(index)) : [];
  const text = JSON.stringify(videoOf(env, jobId, job, view, await Promise.all(own)));
  return { text, until: own.some(Boolean) ? Math.min(until, now + MAX_SIGNED_AGE_MS) : until };
}

/**
 * The video for a job index: its URLs are not signed, and what makes it long is cut. It has no `etaMs`, which every poll
 * changes and which is outdated when a list is read.
 */
export function summaryJson(env: Env, jobId: string, { spec, state }: JobData): string {
  const { prompt } = spec.request;
  const request = { ...spec.request, ...(prompt && { prompt: shortened(prompt, MAX_SUMMARY_PROMPT_CHARS) }) };
  const job = { spec: { ...spec, request }, state };
  const { etaMs: _, ...view } = viewOf(state);
  const unsigned = state.videos.map(
    (each, index) => isOwn(each) && { url: publicOrigin(env, spec.origin) + contentPath(jobId, index) },
  );
  const outcome = view.outcome && { ...view.outcome, raw: null };
  const video = videoOf(env, jobId, job, { ...view, ...(outcome && { outcome }) }, unsigned);
  const text = JSON.stringify(video);
  if (isShort(text)) return text;
  const { handle, status, archived, poster, billing } = video.filmgate;
  return JSON.stringify({
    ...video,
    prompt: video.prompt && shortened(video.prompt, MAX_SHORT_CHARS),
    error: video.error && { ...video.error, message: shortened(video.error.message, MAX_SHORT_CHARS) },
    filmgate: { handle, status, archived, poster, ...(billing && { billing }), warnings: [], truncated: true },
  });
}

/** A character has at most three bytes. */
const isShort = (text: string): boolean =>
  text.length * 3 <= MAX_SUMMARY_BYTES || new TextEncoder().encode(text).length <= MAX_SUMMARY_BYTES;

const shortened = (text: string, max: number): string =>
  text.length <= max ? text : `${text.slice(0, max - 1).toWellFormed()}…`;

const contentPath = (jobId: string, index: number): string =>
  `/v1/videos/${videoId(jobId)}/content?index=${index}`;

/** What the owner's list keeps of a job. `text`: its {@link summaryJson}. */
export function summaryOf(jobId: string, { spec, state }: JobData, text: string): JobSummary {
  const { createdAt, keyId, user } = spec;
  return {
    jobId,
    createdAt,
    version: state.revision ?? 0,
    updatedAt: Date.now(),
    ...(state.endedAt !== undefined && mayExpire(state) && { storedSince: state.endedAt }),
    keyId,
    ...(user !== undefined && { user }),
    model: spec.request.model ?? state.snapshot.handle.model,
    status: statusOf(state),
    text,
  };
}

/** OpenAI's status of the job. */
export const statusOf = (state: State): string => openAIStatus(viewOf(state));

/** The gateway's URL of a video. */
interface OwnUrl {
  url: string;
  expiresAt?: number;
}

/** Whether the gateway has the video, or had it: then the URL is its own. */
const isOwn = ({ file, isExpired }: VideoArchive): boolean => Boolean(file ?? isExpired);

/** `own`: the gateway's URLs of the videos that are its own. */
function videoOf(env: Env, jobId: string, job: JobData, view: View, own: (OwnUrl | false)[]) {
  const { billing, snapshot, webhookEvent } = job.state;
  const waiting = waitingOf(job.state);
  const outcome = view.outcome && withOwnUrls(view.outcome, own);
  const details: VideoDetails = {
    ...view,
    warnings: snapshot.warnings ?? [],
    ...(outcome && { outcome }),
    archived: hasAll(job.state, "file"),
    poster: hasAll(job.state, "poster"),
    ...(billing && { billing }),
    ...(waiting && { waiting }),
    ...(webhookEvent?.state && { webhook: { state: webhookEvent.state, tries: webhookEvent.tries } }),
    ...job.spec.labels,
  };
  return { ...openAIVideo(env, jobId, job, view), filmgate: details };
}

function openAIVideo(env: Env, jobId: string, { spec, state }: JobData, view: View) {
  const { error, outcome } = view;
  return {
    id: videoId(jobId),
    object: "video",
    model: spec.request.model ?? view.handle.model,
    status: openAIStatus(view),
    progress: outcome ? 100 : Math.floor((view.progress ?? 0) * 100),
    created_at: seconds(spec.createdAt),
    completed_at: outcome && state.endedAt !== undefined ? seconds(state.endedAt) : null,
    expires_at: outcome ? expiryOf(env, { spec, state }, outcome) : null,
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
function withOwnUrls(outcome: VideoResult, own: (OwnUrl | false)[]): VideoResult {
  const videos = outcome.videos.map((video, index) => {
    const { data: _data, expiresAt: _expiresAt, ...rest } = video;
    return own[index] ? { ...rest, ...own[index] } : video;
  });
  const raw = JSON.stringify(outcome.raw).length > MAX_RAW_CHARS ? null : outcome.raw;
  return { ...outcome, raw, videos };
}

/** When the first of its videos is gone, in seconds: at its provider if it is not archived, or by the retention. */
function expiryOf(env: Env, job: JobData, { videos }: VideoResult): number | null {
  const { state } = job;
  const atProvider = videos
    .filter((_, index) => !isOwn(state.videos[index] ?? { tries: 0 }))
    .map(({ expiresAt }) => expiresAt);
  const times = [...atProvider, state.expiredAt ?? retentionEnd(env, job)].filter((at) => at !== undefined);
  return times.length === 0 ? null : seconds(Math.min(...times));
}

const seconds = (ms: number): number => Math.floor(ms / 1000);
