// The routes of OpenRouter's video API, and its form of errors.
import type { MiddlewareHandler } from "hono";
import { Hono } from "hono/tiny";
import { listingsOf, paramOf } from "../api/catalog.js";
import { content } from "../api/content.js";
import type { App, Call } from "../api/context.js";
import { callerOf, jobOfVideo, originOf, ownerOf } from "../api/context.js";
import { invalid, paramName } from "../api/create-request.js";
import type { CreateRequest } from "../api/create-request.js";
import { createPlanned, meaningOf, untilDone } from "../api/create.js";
import type { SourceVideo } from "../api/create.js";
import { modelOf } from "../api/models.js";
import { completedVideo, VIDEO_FIELDS } from "../api/remix.js";
import { withBody } from "../api/request-body.js";
import { apiError, videoNotFound } from "../errors.js";
import { openRouterVideo } from "../openrouter-video.js";
import type { Caller } from "../types.js";
import { listVideoModels } from "./models.js";
import { readRequest } from "./request.js";

export const openRouter = new Hono<App>();

openRouter.post("/videos", createGeneration);
openRouter.get("/videos/models", listVideoModels);
openRouter.get("/videos/:id", retrieveGeneration);
openRouter.get("/videos/:id/content", content);

/** Turns errors of the routes below into OpenRouter's form: `code` is the HTTP status. */
export const openRouterErrors: MiddlewareHandler<App> = async (c, next) => {
  await next();
  const { status, headers } = c.res;
  if (status < 400 || headers.get("content-type") !== "application/json") return;
  const { error } = await c.res.json<{ error: { message: string; code: string; param: string | null; issues?: unknown } }>();
  const { message, code, param, issues } = error;
  const metadata = { code, ...(param !== null && { param }), ...(issues !== undefined && { issues }) };
  const body = JSON.stringify({ error: { code: status, message, metadata } });
  c.res = new Response(body, { status, headers: new Headers(headers) });
};

async function createGeneration(c: Call): Promise<Response> {
  const caller = await callerOf(c, "CREATE_LIMITER");
  const work = withBody(c.req.raw, caller.key.id, async (body) => {
    const { create, previousJobId, callbackUrl } = await readRequest(c.env, body);
    const more = { ...(callbackUrl !== undefined && { callbackUrl }), retriesSilently: true };
    const prepare = async () => ({
      create,
      source: previousJobId === undefined ? undefined : await sourceOf(c, caller, create, previousJobId),
    });
    const video = await createPlanned(c, caller, { ...meaningOf(create), previousJobId }, prepare, more);
    const { id, polling_url, status } = openRouterVideo(video, originOf(c));
    return c.json({ id, polling_url, status }, 202, { "cache-control": "no-store" });
  });
  return untilDone(c, work);
}

/** `previous_job_id`: its video becomes the input of a model that takes one. */
async function sourceOf(c: Call, caller: Caller, create: CreateRequest, id: string): Promise<SourceVideo> {
  const param = "previous_job_id";
  await completedVideo(c, id, ownerOf(caller), param);
  const { model } = modelOf(c.env, create.request.model);
  const field = VIDEO_FIELDS.find((name) => listingsOf(model).some((listing) => paramOf(listing, name)));
  if (field && field in create.request) {
    const name = paramName(create, field);
    throw invalid(param, `\`${param}\` and \`${name}\` are the same input of this model. Send one of them.`);
  }
  if (field) return { id, field };
  throw apiError("remix_not_supported", `No provider of \`${String(model)}\` takes a video as its input.`, { param });
}

async function retrieveGeneration(c: Call): Promise<Response> {
  const owner = ownerOf(await callerOf(c, "READ_LIMITER"));
  const video = await jobOfVideo(c.env, c.req.param("id") ?? "").read(owner);
  if (video === undefined) throw videoNotFound();
  return c.json(openRouterVideo(video, originOf(c)), 200, { "cache-control": "no-store" });
}
