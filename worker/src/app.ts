// The routes.
import { Hono } from "hono/tiny";
import { admin } from "./admin/index.js";
import { listModels, retrieveModel } from "./api/catalog.js";
import { content } from "./api/content.js";
import type { App, Call } from "./api/context.js";
import { createVideo, quoteVideo } from "./api/create.js";
import { uploadedImage } from "./api/images.js";
import { cors, noTrailingSlash, onError, securityHeaders } from "./api/middleware.js";
import { onProviderWebhook } from "./api/provider-webhooks.js";
import { remixVideo } from "./api/remix.js";
import { cancelVideo, deleteVideo, listVideos, retrieveVideo, videoEvents } from "./api/videos.js";
import { providersOf } from "./client.js";
import { apiError, errorResponse, notFound } from "./errors.js";

export const app = new Hono<App>();

app.use(securityHeaders, noTrailingSlash);
app.use("/v1/*", cors);

app.get("/v1/videos", listVideos).post(createVideo);
app.get("/v1/videos/:id", retrieveVideo).delete(deleteVideo);
app.get("/v1/videos/:id/content", content);
app.get("/v1/videos/:id/events", videoEvents);
app.post("/v1/videos/:id/cancel", cancelVideo);
app.post("/v1/videos/:id/remix", remixVideo);
app.post("/v1/quotes", quoteVideo);
app.get("/v1/models", listModels);
app.get("/v1/models/:id", retrieveModel);

app.get("/uploads/:jobId/:name", uploadedImage);
app.post("/webhooks/:jobId", onProviderWebhook);
app.get("/healthz", healthz);
app.get("/openapi.json", openapi);
app.route("/admin", admin);

/** The methods of each path: any other method returns 405. */
const METHODS: Record<string, string> = {
  "/v1/videos": "GET, HEAD, POST",
  "/v1/videos/:id": "GET, HEAD, DELETE",
  "/v1/videos/:id/content": "GET, HEAD",
  "/v1/videos/:id/events": "GET",
  "/v1/videos/:id/cancel": "POST",
  "/v1/videos/:id/remix": "POST",
  "/v1/quotes": "POST",
  "/v1/models": "GET, HEAD",
  "/v1/models/:id": "GET, HEAD",
  "/uploads/:jobId/:name": "GET, HEAD",
  "/webhooks/:jobId": "POST",
  "/healthz": "GET, HEAD",
  "/openapi.json": "GET, HEAD",
};

for (const [path, methods] of Object.entries(METHODS)) {
  app.all(path, () => {
    const response = errorResponse(
      apiError("method_not_allowed", `This path accepts ${methods}.`).details,
    );
    response.headers.set("allow", methods);
    return response;
  });
}

app.notFound(() => errorResponse(notFound().details));
app.onError(onError);

function healthz(c: Call): Response {
  return c.json({ ok: true, providers: providersOf(c.env) }, 200, { "cache-control": "no-store" });
}

async function openapi(c: Call): Promise<Response> {
  const file = await c.env.ASSETS.fetch(c.req.raw);
  // The response of another worker is immutable; a copy is not.
  return new Response(file.body, file);
}
