// What OpenAI's API lacks: stopping a job, and hearing of it as it goes.
import { bytesOf, LIMITS } from "./body.js";
import type { Call } from "./context.js";
import { callerOf, jobNamed } from "./context.js";
import { noSuchVideo, Refused, refused } from "./errors.js";

export async function cancelVideo(c: Call): Promise<Response> {
  const { hash } = await callerOf(c, "READ_LIMITER");
  await bytesOf(c.req.raw, LIMITS.small);
  const told = await jobNamed(c.env, c.req.param("id") ?? "").cancel(hash);
  if ("error" in told) throw new Refused(told.error);
  const video = JSON.parse(told.video) as { filmgate: object };
  const filmgate = { ...video.filmgate, cancellation: told.cancellation };
  return c.json({ ...video, filmgate }, 200, { "cache-control": "no-store" });
}

export async function eventsOf(c: Call): Promise<Response> {
  // Hono answers HEAD as GET, and would leave a stream open that nobody hears.
  if (c.req.method === "HEAD") throw refused("method_not_allowed", "This address takes GET.");
  const { hash } = await callerOf(c, "READ_LIMITER");
  const last = c.req.header("last-event-id");
  const stream = await jobNamed(c.env, c.req.param("id") ?? "").events(hash, last);
  if (!stream) throw noSuchVideo();
  return new Response(stream.body, stream);
}
