// Videos as OpenAI's API has them: create, list, retrieve, delete.
import { jobIndexOf } from "../stubs.js";
import { videoId } from "../types.js";
import type { Ask } from "./create-request.js";
import { readAsk } from "./create-request.js";
import { formOf, jsonOf, LIMITS, mediaTypeOf } from "./body.js";
import type { Call } from "./context.js";
import { callerOf, jobNamed, jobOf, jsonText } from "./context.js";
import { noSuchVideo, Refused } from "./errors.js";
import { fieldsOf } from "./form.js";
import { pageOf, unknownCursor } from "./pagination.js";
import { place } from "./create.js";

/** So often a client that polls should ask, in milliseconds. */
const POLL_AFTER_MS = "2000";

export async function createVideo(c: Call): Promise<Response> {
  const owner = await callerOf(c, "CREATE_LIMITER");
  return jsonText(await place(c, owner, await askOf(c.req.raw)));
}

/** The order of a body, as JSON or as a form. */
export async function askOf(request: Request): Promise<Ask> {
  const isForm = mediaTypeOf(request) === "multipart/form-data";
  return readAsk(isForm ? fieldsOf(await formOf(request)) : await jsonOf(request, LIMITS.json));
}

export async function retrieveVideo(c: Call): Promise<Response> {
  const { hash } = await callerOf(c, "READ_LIMITER");
  const video = await jobNamed(c.env, c.req.param("id") ?? "").read(hash);
  if (video === undefined) throw noSuchVideo();
  return jsonText(video, { "openai-poll-after-ms": POLL_AFTER_MS });
}

export async function listVideos(c: Call): Promise<Response> {
  const { hash } = await callerOf(c, "READ_LIMITER");
  return videosOf(c, hash);
}

/** The wanted page of an owner's videos. */
export async function videosOf(c: Call, hash: string): Promise<Response> {
  const page = await jobIndexOf(c.env, hash).list(pageOf(c));
  if (!page) throw unknownCursor();
  const read = ({ jobId }: { jobId: string }) => jobOf(c.env, jobId).read(hash);
  // A video that is erased meanwhile is no longer there to be read.
  const videos = (await Promise.all(page.entries.map(read))).filter((text) => text !== undefined);
  const ids = page.entries.map(({ jobId }) => videoId(jobId));
  const ends = { first_id: ids.at(0) ?? null, last_id: ids.at(-1) ?? null, has_more: page.hasMore };
  const rest = JSON.stringify(ends).slice(1);
  return jsonText(`{"object":"list","data":[${videos.join(",")}],${rest}`);
}

export async function deleteVideo(c: Call): Promise<Response> {
  const { hash } = await callerOf(c, "READ_LIMITER");
  const id = c.req.param("id") ?? "";
  const erased = await jobNamed(c.env, id).erase(hash);
  if (erased !== true) throw new Refused(erased.error);
  return c.json({ id, object: "video.deleted", deleted: true });
}
