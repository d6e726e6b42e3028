import { DurableObject, WorkflowEntrypoint } from "cloudflare:workers";
import { NonRetryableError } from "cloudflare:workflows";
import { FilmgateError, createFilmgate } from "filmgate";
import { durableObjectStore } from "filmgate/cloudflare";

/** One object per workflow: its storage has the job before anything is sent. */
export class Jobs extends DurableObject {
  #client = createFilmgate({
    store: durableObjectStore(this.ctx.storage),
    runpod: { apiKey: this.env.RUNPOD_API_KEY },
    runware: { apiKey: this.env.RUNWARE_API_KEY },
  });

  /** Repeated with that id, it finds the job and submits nothing. An error that rules out a repetition is a value. */
  async start(request, id) {
    try {
      return { handle: await this.#client.start(request, { idempotencyKey: id, maxCostUsd: 1 }) };
    } catch (error) {
      if (!(error instanceof FilmgateError) || error.retryable) throw error;
      return { failed: error.message };
    }
  }

  async status(handle) {
    const { status, nextPollAt, outcome, error } = await this.#client.status(handle).catch(later);
    return { status, nextPollAt, costUsd: outcome?.costUsd, error: error?.message };
  }

  /** Streams the video into R2, before its URL expires. */
  async save(handle) {
    const { outcome } = await this.#client.status(handle);
    const { body, headers } = await this.#client.download(outcome.videos[0]);
    const length = headers.get("content-length");
    // R2 takes no stream of an unknown length.
    const video = length ? body.pipeThrough(new FixedLengthStream(Number(length))) : await new Response(body).arrayBuffer();
    await this.env.VIDEOS.put(`${handle.id}.mp4`, video);
  }
}

/** A failed check says nothing about the job, which continues. */
function later(error) {
  if (!(error instanceof FilmgateError) || error.code === "job_not_found") throw error;
  return { nextPollAt: Date.now() + 30_000 };
}

export class GenerateVideo extends WorkflowEntrypoint {
  async run({ instanceId, payload }, step) {
    const jobs = this.env.JOBS.get(this.env.JOBS.idFromName(instanceId));
    const request = { model: "p-video", prompt: payload.prompt, duration: 5, resolution: "720p" };
    const id = await step.do("name the job", async () => crypto.randomUUID());
    const { handle, failed } = await step.do("start", () => jobs.start(request, id));
    if (failed) throw new NonRetryableError(failed);

    for (let check = 1; ; check += 1) {
      const { status, nextPollAt, costUsd, error } = await step.do(`check ${check}`, () => jobs.status(handle));
      if (status === "completed") {
        await step.do("store the video", () => jobs.save(handle));
        return { video: `${handle.id}.mp4`, costUsd };
      }
      if (nextPollAt === undefined) throw new NonRetryableError(`The job ended as ${status}: ${error}`);
      await step.sleepUntil(`wait ${check}`, new Date(nextPollAt));
    }
  }
}

export default {
  /** `PUT /videos/ID` starts a workflow, once for each id; `GET /videos/ID` is its status. */
  async fetch(request, { GENERATE_VIDEO }) {
    const id = new URL(request.url).pathname.split("/").at(-1);
    if (request.method === "GET") return Response.json(await (await GENERATE_VIDEO.get(id)).status());
    const { prompt } = await request.json(); // authenticate the user before you spend money
    await GENERATE_VIDEO.create({ id, params: { prompt } });
    return Response.json({ id }, { status: 202 });
  },
};
