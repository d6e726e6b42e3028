// Videos: list, retrieve and delete as OpenAI's API has them; cancel and events, which it lacks.
import { ApiError, apiError, videoNotFound } from "../errors.js";
import { jobIndexOf, jobOf } from "../stubs.js";
import { jobIdOf, videoId } from "../types.js";
import type { Page } from "../types.js";
import type { Call } from "./context.js";
import { callerOf, jobOfVideo, jsonText } from "./context.js";
import { bytesOf, LIMITS } from "./request-body.js";

/** How often a client should poll, in milliseconds. */
const POLL_AFTER_MS = "2000";
const DEFAULT_LIMIT = 20;
const MAX_LIMIT = 100;

export async function retrieveVideo(c: Call): Promise<Response> {
  const { hash } = await callerOf(c, "READ_LIMITER");
  const video = await jobOfVideo(c.env, c.req.param("id") ?? "").read(hash);
  if (video === undefined) throw videoNotFound();
  return jsonText(video, { "openai-poll-after-ms": POLL_AFTER_MS });
}

export async function listVideos(c: Call): Promise<Response> {
  const { hash } = await callerOf(c, "READ_LIMITER");
  return listVideosOf(c, hash);
}

/** The requested page of an owner's videos. */
export async function listVideosOf(c: Call, hash: string): Promise<Response> {
  const page = await jobIndexOf(c.env, hash).list(pageOf(c));
  if (!page) throw unknownCursor();
  const read = ({ jobId }: { jobId: string }) => jobOf(c.env, jobId).read(hash);
  // A video that is deleted meanwhile cannot be read any more.
  const videos = (await Promise.all(page.entries.map(read))).filter((text) => text !== undefined);
  const ids = page.entries.map(({ jobId }) => videoId(jobId));
  const ends = { first_id: ids.at(0) ?? null, last_id: ids.at(-1) ?? null, has_more: page.hasMore };
  const rest = JSON.stringify(ends).slice(1);
  return jsonText(`{"object":"list","data":[${videos.join(",")}],${rest}`);
}

export async function deleteVideo(c: Call): Promise<Response> {
  const { hash } = await callerOf(c, "READ_LIMITER");
  const id = c.req.param("id") ?? "";
  const result = await jobOfVideo(c.env, id).delete(hash);
  if (result !== true) throw new ApiError(result.error);
  return c.json({ id, object: "video.deleted", deleted: true });
}

export async function cancelVideo(c: Call): Promise<Response> {
  const { hash } = await callerOf(c, "READ_LIMITER");
  await bytesOf(c.req.raw, LIMITS.small);
  const result = await jobOfVideo(c.env, c.req.param("id") ?? "").cancel(hash);
  if ("error" in result) throw new ApiError(result.error);
  const video = JSON.parse(result.video) as { filmgate: object };
  const filmgate = { ...video.filmgate, cancellation: result.cancellation };
  return c.json({ ...video, filmgate }, 200, { "cache-control": "no-store" });
}

export async function videoEvents(c: Call): Promise<Response> {
  // Hono answers HEAD as GET, and would leave a stream open that has no reader.
  if (c.req.method === "HEAD") throw apiError("method_not_allowed", "This path accepts GET.");
  const { hash } = await callerOf(c, "READ_LIMITER");
  const lastEventId = c.req.header("last-event-id");
  const stream = await jobOfVideo(c.env, c.req.param("id") ?? "").events(hash, lastEventId);
  if (!stream) throw videoNotFound();
  return new Response(stream.body, stream);
}

function pageOf(c: Call): Page {
  const after = c.req.query("after");
  const jobId = after === undefined ? undefined : jobIdOf(after);
  if (after !== undefined && jobId === undefined) throw unknownCursor();
  const limit = c.req.query("limit") ?? String(DEFAULT_LIMIT);
  if (!/^\d{1,3}$/.test(limit) || Number(limit) < 1 || Number(limit) > MAX_LIMIT) {
    throw apiError("invalid_request", `\`limit\` must be an integer from 1 to ${MAX_LIMIT}.`, {
      param: "limit",
    });
  }
  const order = c.req.query("order") ?? "desc";
  if (order !== "asc" && order !== "desc") {
    throw apiError("invalid_request", "`order` must be `asc` or `desc`.", { param: "order" });
  }
  return { ...(jobId !== undefined && { after: jobId }), limit: Number(limit), order };
}

const unknownCursor = () =>
  apiError("invalid_request", "`after` must be the id of one of your videos.", { param: "after" });
