import { existsSync, mkdirSync } from "node:fs";
import { join } from "node:path";
import { serveStatic } from "@hono/node-server/serve-static";
import { FilmgateError, createFilmgate } from "filmgate";
import { fileSink } from "filmgate/node";
import { Hono } from "hono";

/** The routes over a store and a folder for the videos, which both outlive the process. */
export function createApp(store, folder) {
  const client = createFilmgate({ store });
  const app = new Hono();
  const storing = new Map();
  mkdirSync(folder, { recursive: true });

  const statusOf = async (id) => {
    const job = await client.job(id);
    return job && client.status(job.handle); // checks once, and not at all if the job has ended
  };

  /** Downloads the video once, before its URL expires; a player that asks twice waits for the same download. */
  const keep = async ({ handle: { id }, outcome }) => {
    const file = join(folder, `${id}.mp4`);
    if (existsSync(file)) return; // `fileSink` writes a whole file or none
    if (!storing.has(id)) {
      const download = client.download(outcome.videos[0], fileSink(file));
      storing.set(id, download.finally(() => storing.delete(id)));
    }
    await storing.get(id);
  };

  // Authenticate and limit your users here: each new id spends money.
  app.put("/videos/:id", async (c) => {
    const { prompt } = await c.req.json();
    const wanted = { model: "p-video", prompt, duration: 5, resolution: "720p" };
    const { id } = await client.start(wanted, { idempotencyKey: c.req.param("id"), maxCostUsd: 1 });
    return c.json({ id }, 202);
  });

  app.get("/videos/:id", async (c) => {
    const job = await statusOf(c.req.param("id"));
    if (!job) return c.notFound();
    const { status, progress, etaMs, nextPollAt, error } = job;
    return c.json({ status, progress, etaMs, nextPollAt, error: error?.message });
  });

  const files = serveStatic({ root: folder, rewriteRequestPath: (path, c) => `${c.req.param("id")}.mp4` });
  app.get("/videos/:id/content", async (c, next) => {
    const job = await statusOf(c.req.param("id"));
    if (!job?.outcome) return c.notFound();
    await keep(job);
    return files(c, next); // answers Range requests, without which Safari plays nothing
  });

  app.onError((error, c) => {
    if (!(error instanceof FilmgateError)) throw error;
    const { code, message, issues, retryable } = error;
    const status = code === "result_expired" ? 410 : issues.length > 0 ? 400 : retryable ? 503 : 502;
    return c.json({ code, message, issues }, status);
  });

  return app;
}
