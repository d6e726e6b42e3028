import { FilmgateError, createFilmgate } from "filmgate";
import { Hono } from "hono";

/** The routes over a store that outlives the process. */
export function createApp(store) {
  const client = createFilmgate({ store });
  const app = new Hono();

  const statusOf = async (id) => {
    const job = await client.job(id);
    return job && client.status(job.handle); // checks once, and not at all if the job has ended
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

  app.get("/videos/:id/content", async (c) => {
    const job = await statusOf(c.req.param("id"));
    if (!job?.outcome) return c.notFound();
    return client.download(job.outcome.videos[0]); // a streaming Response; store it before its URL expires
  });

  app.onError((error, c) => {
    if (!(error instanceof FilmgateError)) throw error;
    const { code, message, issues, retryable } = error;
    return c.json({ code, message, issues }, issues.length > 0 ? 400 : retryable ? 503 : 502);
  });

  return app;
}
