// Videos: list, retrieve and delete as OpenAI's API has them; cancel and events, which it lacks.
import { ApiError, apiError, videoNotFound } from "../errors.js";
import { jobIndexOf } from "../stubs.js";
import type { Owner } from "../types.js";
import type { Call } from "./context.js";
import { callerOf, jobOfVideo, jsonText, ownerOf } from "./context.js";
import { LIMITS, textOf } from "./request-body.js";
import { listedVideo, listOf, pageOf, unknownCursor } from "./video-list.js";

/** How often a client should poll, in milliseconds. */
const POLL_AFTER_MS = "2000";

export async function retrieveVideo(c: Call): Promise<Response> {
  const owner = ownerOf(await callerOf(c, "READ_LIMITER"));
  const video = await jobOfVideo(c.env, c.req.param("id") ?? "").read(owner);
  if (video === undefined) throw videoNotFound();
  return jsonText(video, { "openai-poll-after-ms": POLL_AFTER_MS });
}

export async function listVideos(c: Call): Promise<Response> {
  const owner = ownerOf(await callerOf(c, "READ_LIMITER"));
  return listVideosOf(c, owner);
}

/** The requested page of an owner's videos. */
export async function listVideosOf(c: Call, owner: Owner): Promise<Response> {
  const page = await jobIndexOf(c.env, owner.account).list({ ...pageOf(c), ...(owner.user !== undefined && { filter: { user: owner.user } }) });
  if (!page) throw unknownCursor();
  const videos = await Promise.all(page.entries.map((entry) => listedVideo(c.env, entry)));
  return jsonText(JSON.stringify(listOf(videos, page.hasMore)));
}

export async function deleteVideo(c: Call): Promise<Response> {
  return deleteVideoOf(c, ownerOf(await callerOf(c, "READ_LIMITER", "create")));
}

/** The owner `null` is an admin. */
export async function deleteVideoOf(c: Call, owner: Owner | null): Promise<Response> {
  const id = c.req.param("id") ?? "";
  const result = await jobOfVideo(c.env, id).delete(owner);
  if (result !== true) throw new ApiError(result.error);
  return c.json({ id, object: "video.deleted", deleted: true });
}

export async function cancelVideo(c: Call): Promise<Response> {
  return cancelVideoOf(c, ownerOf(await callerOf(c, "READ_LIMITER", "create")));
}

/** The owner `null` is an admin. */
export async function cancelVideoOf(c: Call, owner: Owner | null): Promise<Response> {
  await textOf(c.req.raw, LIMITS.small);
  const result = await jobOfVideo(c.env, c.req.param("id") ?? "").cancel(owner);
  if ("error" in result) throw new ApiError(result.error);
  const video = JSON.parse(result.video) as { filmgate: object };
  const filmgate = { ...video.filmgate, cancellation: result.cancellation };
  return c.json({ ...video, filmgate }, 200, { "cache-control": "no-store" });
}

export async function videoEvents(c: Call): Promise<Response> {
  // Hono answers HEAD as GET, and would leave a stream open that has no reader.
  if (c.req.method === "HEAD") throw apiError("method_not_allowed", "This path accepts GET.");
  const owner = ownerOf(await callerOf(c, "READ_LIMITER"));
  const lastEventId = c.req.header("last-event-id");
  const stream = await jobOfVideo(c.env, c.req.param("id") ?? "").events(owner, lastEventId);
  if (!stream) throw videoNotFound();
  return new Response(stream.body, stream);
}
