// A job in OpenAI's words: the answer to most calls, made once for each change.
import type { VideoResult } from "filmgate";
import type { Env } from "../env.js";
import type { Details, Order } from "../types.js";
import { videoId } from "../types.js";
import { signedPath } from "../signing.js";
import type { Begun } from "./state.js";
import { isArchived, viewOf } from "./view.js";
import type { View } from "./view.js";

const DAY = 24 * 60 * 60_000;
/** A provider's answer that is longer holds a video's bytes. */
const MOST_RAW = 64 * 1024;

/** A video as it is sent, and until when what is signed in it is good for a day more. */
export interface VideoText {
  text: string;
  until: number;
}

export async function videoText(env: Env, jobId: string, begun: Begun): Promise<VideoText> {
  const { state } = begun;
  const view = viewOf(state);
  // The same for a whole day, so that who reads twice reads the same.
  const until = (Math.floor(Date.now() / DAY) + 1) * DAY;
  const outcome =
    view.outcome && (await shownOutcome(env, jobId, begun, view.outcome, until + DAY));
  const { billing } = state;
  const details: Details = {
    ...view,
    ...(outcome && { outcome }),
    archived: isArchived(state),
    ...(billing && { billing }),
  };
  const video = { ...openAiVideo(jobId, begun, view), filmgate: details };
  return { text: JSON.stringify(video), until };
}

function openAiVideo(jobId: string, { order, state }: Begun, view: View) {
  const { error, outcome } = view;
  return {
    id: videoId(jobId),
    object: "video",
    model: order.request.model ?? view.handle.model,
    status: openAiStatus(view),
    progress: outcome ? 100 : Math.floor((view.progress ?? 0) * 100),
    created_at: seconds(order.createdAt),
    completed_at: outcome && state.endedAt !== undefined ? seconds(state.endedAt) : null,
    expires_at: outcome && !isArchived(state) ? expiryOf(outcome) : null,
    error: error ? { code: error.code, message: error.message } : null,
    prompt: order.request.prompt ?? null,
    remixed_from_video_id: order.remixedFrom ?? null,
    seconds: order.seconds,
    size: order.size,
  };
}

function openAiStatus({ status }: View): "queued" | "in_progress" | "completed" | "failed" {
  switch (status) {
    case "submitting":
    case "queued":
      return "queued";
    // The submit's answer was lost: it may be running.
    case "reconciling":
    case "running":
      return "in_progress";
    case "completed":
      return "completed";
    default:
      return "failed";
  }
}

/** With the gateway's own addresses for what it keeps. */
async function shownOutcome(
  env: Env,
  jobId: string,
  { order, state }: Begun,
  outcome: VideoResult,
  expiresAt: number,
): Promise<VideoResult> {
  const videos = outcome.videos.map(async (video, index) => {
    if (!state.videos[index]?.file) return video;
    const { data: _data, ...rest } = video;
    const url = await contentAddress(env, order, jobId, index, expiresAt);
    return { ...rest, url, expiresAt };
  });
  const raw = JSON.stringify(outcome.raw).length > MOST_RAW ? null : outcome.raw;
  return { ...outcome, raw, videos: await Promise.all(videos) };
}

async function contentAddress(
  env: Env,
  { origin }: Order,
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
