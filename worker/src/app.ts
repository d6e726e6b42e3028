// Every call of the gateway, from its address to its answer.
import { Hono } from "hono/tiny";
import { admin } from "./admin/index.js";
import type { App } from "./api/context.js";
import { cancelVideo, eventsOf } from "./api/actions.js";
import { content } from "./api/content.js";
import { cors } from "./api/cors.js";
import { answerOf, nowhere, refused } from "./api/errors.js";
import { healthz, openapi } from "./api/meta.js";
import { exact, failed, framed } from "./api/middleware.js";
import { hear } from "./api/provider-webhooks.js";
import { listModels, retrieveModel } from "./api/models.js";
import { quotes } from "./api/quotes.js";
import { remix } from "./api/remix.js";
import { upload } from "./api/uploads.js";
import { createVideo, deleteVideo, listVideos, retrieveVideo } from "./api/videos.js";

export const app = new Hono<App>();

app.use(framed, exact);
app.use("/v1/*", cors);

app.get("/v1/videos", listVideos).post(createVideo);
app.get("/v1/videos/:id", retrieveVideo).delete(deleteVideo);
app.get("/v1/videos/:id/content", content);
app.get("/v1/videos/:id/events", eventsOf);
app.post("/v1/videos/:id/cancel", cancelVideo);
app.post("/v1/videos/:id/remix", remix);
app.post("/v1/quotes", quotes);
app.get("/v1/models", listModels);
app.get("/v1/models/:id", retrieveModel);

app.get("/uploads/:job/:name", upload);
app.post("/webhooks/:jobId", hear);
app.get("/healthz", healthz);
app.get("/openapi.json", openapi);
app.route("/admin", admin);

/** What each address takes, for those who call it otherwise. */
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
  "/uploads/:job/:name": "GET, HEAD",
  "/webhooks/:jobId": "POST",
  "/healthz": "GET, HEAD",
  "/openapi.json": "GET, HEAD",
};

for (const [path, methods] of Object.entries(METHODS)) {
  app.all(path, () => {
    const answer = answerOf(
      refused("method_not_allowed", `This address takes ${methods}.`).refusal,
    );
    answer.headers.set("allow", methods);
    return answer;
  });
}

app.notFound(() => answerOf(nowhere().refusal));
app.onError(failed);
