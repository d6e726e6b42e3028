// The routes.
import type { Next } from "hono";
import { Hono } from "hono/tiny";
import { admin } from "./admin/index.js";
import { cancelBatch, createBatch, listBatches, retrieveBatch } from "./api/batches.js";
import { listModels, retrieveModel } from "./api/catalog.js";
import { content } from "./api/content.js";
import type { App, Call } from "./api/context.js";
import { createVideo, planVideo, quoteVideo, validateVideo } from "./api/create.js";
import { uploadedImage } from "./api/images.js";
import { mintKey } from "./api/keys.js";
import {
  cors,
  noBlindRetry,
  noTrailingSlash,
  onError,
  refuseOtherMethods,
  requestLog,
  securityHeaders,
} from "./api/middleware.js";
import { onProviderWebhook } from "./api/provider-webhooks.js";
import { remixVideo } from "./api/remix.js";
import { cancelVideo, deleteVideo, listVideos, retrieveVideo, videoEvents } from "./api/videos.js";
import { checkCatalog } from "./catalog/in-use.js";
import { providersOf } from "./client.js";
import { modelProblems } from "./api/models.js";
import { configurationProblems } from "./configuration.js";
import { apiError, errorCode, errorResponse, notFound } from "./errors.js";
import { log } from "./log.js";
import { openRouter, openRouterErrors } from "./openrouter/index.js";

export const app = new Hono<App>();

app.use(requestLog, securityHeaders);
for (const path of ["/v1/videos", "/v1/videos/:id/remix", "/api/v1/videos"]) app.use(path, noBlindRetry);
app.use("/api/v1/*", openRouterErrors);
app.use(noTrailingSlash);
app.use("/v1/*", cors);
app.use("/api/v1/*", cors);
for (const path of ["/v1/*", "/api/v1/*", "/admin/api/*", "/healthz"]) app.use(path, newestCatalog);

app.get("/v1/videos", listVideos).post(createVideo);
// Methods of OpenAI's SDKs that no provider here offers. They are not ids.
for (const path of ["edits", "extensions", "characters", "characters/:id"]) {
  app.all(`/v1/videos/${path}`, () => errorResponse(notOffered().details));
}
app.get("/v1/videos/:id", retrieveVideo).delete(deleteVideo);
app.get("/v1/videos/:id/content", content);
app.get("/v1/videos/:id/events", videoEvents);
app.post("/v1/videos/:id/cancel", cancelVideo);
app.post("/v1/videos/:id/remix", remixVideo);
app.get("/v1/video-batches", listBatches).post(createBatch);
app.get("/v1/video-batches/:id", retrieveBatch).delete(cancelBatch);
app.post("/v1/quotes", quoteVideo);
app.post("/v1/validate", validateVideo);
app.post("/v1/plan", planVideo);
app.post("/v1/keys", mintKey);
app.get("/v1/models", listModels);
app.get("/v1/models/:id", retrieveModel);

app.get("/uploads/:jobId/:name", uploadedImage);
app.post("/webhooks/:jobId", onProviderWebhook);
app.get("/healthz", healthz);
app.get("/openapi.json", openapi);
app.route("/api/v1", openRouter);

refuseOtherMethods(app);
app.route("/admin", admin);

app.notFound(() => errorResponse(notFound().details));
app.onError(onError);

/** What is offered, and for how much, is as the operator last said. */
async function newestCatalog(c: Call, next: Next): Promise<void> {
  await checkCatalog(c.env).catch((error: unknown) => {
    // An admin can replace a catalog that cannot be read.
    if (!c.req.path.startsWith("/admin/api/catalog")) throw error;
    log("error", { step: "catalog", code: errorCode(error) });
  });
  await next();
}

const notOffered = () =>
  apiError("not_offered", "This gateway does not offer edits, extensions or characters. Create a video instead.");

/** `problems`: what the operator has to correct. The gateway works as far as it can. */
function healthz(c: Call): Response {
  const problems = [...configurationProblems(c.env), ...modelProblems(c.env)];
  const health = { ok: problems.length === 0, providers: providersOf(c.env), problems };
  return c.json(health, 200, { "cache-control": "no-store" });
}

async function openapi(c: Call): Promise<Response> {
  const file = await c.env.ASSETS.fetch(c.req.raw);
  // The response of another worker is immutable; a copy is not.
  return new Response(file.body, file);
}
