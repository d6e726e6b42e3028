import { existsSync, mkdirSync } from "node:fs";
import { resolve } from "node:path";
import express from "express";
import { FilmgateError, createFilmgate } from "filmgate";
import { fileSink, folderStore } from "filmgate/node";

const { DATA_FOLDER = "data", PORT = "3000" } = process.env; // on a disk that outlives a deploy
const ENDED = ["failed", "cancelled", "expired", "submission_unknown"];
const client = createFilmgate({ store: folderStore(`${DATA_FOLDER}/jobs`) });
const fileOf = ({ id }) => resolve(DATA_FOLDER, "videos", `${id}.mp4`);
mkdirSync(`${DATA_FOLDER}/videos`, { recursive: true });

const app = express();
app.use(express.json());

// Authenticate and limit your users here: each new id spends money.
app.put("/videos/:id", async (request, response) => {
  const wanted = { model: "p-video", prompt: request.body.prompt, duration: 5, resolution: "720p" };
  const job = await client.submit(wanted, { idempotencyKey: request.params.id, maxCostUsd: 1 });
  save(job);
  response.status(202).json({ id: job.handle.id });
});

app.get("/videos/:id", async (request, response) => {
  const { handle } = await find(request.params.id);
  const { status, progress, etaMs, error } = await client.status(handle);
  response.json({ status, progress, etaMs, error: error?.message });
});

app.get("/videos/:id/content", async (request, response) => {
  const { handle } = await find(request.params.id);
  response.sendFile(fileOf(handle)); // 404 until the video is there; answers Range requests
});

app.use((error, request, response, next) => {
  if (!(error instanceof FilmgateError)) return next(error);
  const { code, message, issues, retryable } = error;
  const status = code === "job_not_found" ? 404 : issues.length > 0 ? 400 : retryable ? 503 : 502;
  response.status(status).json({ code, message, issues });
});

async function find(id) {
  const job = await client.job(id);
  if (!job) throw new FilmgateError({ code: "job_not_found", message: "There is no such video.", charge: "none" });
  return job;
}

/** Waits for the video and stores it, before its URL expires. */
async function save(job) {
  try {
    const { videos, handle } = await job.result();
    await client.download(videos[0], fileSink(fileOf(handle)));
  } catch (error) {
    console.error(JSON.stringify(error)); // no key, no prompt; the handle is in it
  }
}

// What an earlier process left: jobs that run, and videos that it did not store.
for (const { handle, status } of await client.jobs()) {
  if (!ENDED.includes(status) && !existsSync(fileOf(handle))) save(client.resume(handle));
}
app.listen(Number(PORT));
