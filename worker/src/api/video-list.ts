// Pages of videos, from the summaries in the job indexes: a list wakes no job.
import type { VideoResult } from "filmgate";
import type { Env } from "../env.js";
import { apiError } from "../errors.js";
import { publicOrigin } from "../public-fetch.js";
import { signedPath, urlExpiry } from "../signing.js";
import { jobIdOf, videoId } from "../types.js";
import type { IndexEntry, Page } from "../types.js";
import type { Call } from "./context.js";

const DEFAULT_LIMIT = 20;
const MAX_LIMIT = 100;

/** A video as a list shows it. */
export type ListedVideo = Record<string, unknown> & { id: string };

/** `limit`, `after` and `order` of a request. @throws {ApiError} if one is invalid. */
export function pageOf(c: Call): Page {
  const after = c.req.query("after");
  const jobId = after === undefined ? undefined : jobIdOf(after);
  if (after !== undefined && jobId === undefined) throw unknownCursor();
  const limit = limitOf(c, MAX_LIMIT);
  const order = c.req.query("order") ?? "desc";
  if (order !== "asc" && order !== "desc") {
    throw apiError("invalid_request", "`order` must be `asc` or `desc`.", { param: "order" });
  }
  return { ...(jobId !== undefined && { after: jobId }), limit, order };
}

/** `limit` of a request. @throws {ApiError} if it is invalid. */
export function limitOf(c: Call, max: number): number {
  const limit = c.req.query("limit") ?? String(DEFAULT_LIMIT);
  if (/^\d{1,3}$/.test(limit) && Number(limit) >= 1 && Number(limit) <= max) return Number(limit);
  throw apiError("invalid_request", `\`limit\` must be an integer from 1 to ${max}.`, { param: "limit" });
}

export const unknownCursor = () =>
  apiError("invalid_request", "`after` must be the id of one of your videos.", { param: "after" });

/** The response of a list. */
export const listOf = (data: ListedVideo[], hasMore: boolean) => ({
  object: "list",
  data,
  first_id: data.at(0)?.id ?? null,
  last_id: data.at(-1)?.id ?? null,
  has_more: hasMore,
});

/** The video of an entry, with signed URLs. A summary that cannot be read fails alone. */
export async function listedVideo(env: Env, { jobId, createdAt, summary }: IndexEntry): Promise<ListedVideo> {
  try {
    return await signed(env, JSON.parse(summary) as SummarizedVideo, videoId(jobId));
  } catch {
    return unreadable(videoId(jobId), createdAt);
  }
}

interface SummarizedVideo {
  id: string;
  filmgate: { outcome?: VideoResult };
}

async function signed(env: Env, video: SummarizedVideo, id: string): Promise<ListedVideo> {
  const { filmgate } = video;
  if (video.id !== id || typeof filmgate !== "object") throw new Error("Another video's summary.");
  const { expiresAt } = urlExpiry(Date.now());
  const sign = async (one: VideoResult["videos"][number]) => {
    const url = URL.parse(one.url ?? "");
    // The provider's own URLs stay as they are.
    if (url?.pathname !== `/v1/videos/${id}/content` || url.searchParams.has("signature")) return one;
    return { ...one, url: publicOrigin(env, url.origin) + (await signedPath(env, url.pathname + url.search, expiresAt)), expiresAt };
  };
  const { outcome } = filmgate;
  const videos = outcome && (await Promise.all(outcome.videos.map(sign)));
  return { ...video, filmgate: { ...filmgate, ...(outcome && { outcome: { ...outcome, videos } }) } };
}

/** In place of a video whose summary is damaged: OpenAI's fields, so that clients can read the rest of the list. */
const unreadable = (id: string, createdAt: number): ListedVideo => ({
  id,
  object: "video",
  model: "",
  status: "failed",
  progress: 0,
  created_at: Math.floor(createdAt / 1000),
  completed_at: null,
  expires_at: null,
  error: {
    code: "unreadable",
    message: "The list's entry of this video cannot be read. Retrieve the video by its id.",
  },
  prompt: null,
  remixed_from_video_id: null,
  seconds: "",
  size: "",
});
