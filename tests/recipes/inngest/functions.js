import { FilmgateError, createFilmgate } from "filmgate";
import { fileSink, folderStore } from "filmgate/node";
import { Inngest, NonRetriableError } from "inngest";

const { DATA_FOLDER = "data" } = process.env; // on a disk that outlives a deploy
const client = createFilmgate({ store: folderStore(`${DATA_FOLDER}/jobs`) });
export const inngest = new Inngest({ id: "videos" });

export const generateVideo = inngest.createFunction(
  { id: "generate-video", retries: 4, triggers: [{ event: "video/requested" }] },
  async ({ event, step }) => {
    const request = { model: "p-video", prompt: event.data.prompt, duration: 5, resolution: "720p" };
    // Inngest has the job's id before anything is sent.
    const id = await step.run("name the job", () => crypto.randomUUID());
    // Repeated after a crash or a lost response, it finds the job of this id and submits nothing.
    const handle = await step.run("start", () => final(client.start(request, { idempotencyKey: id, maxCostUsd: 1 })));

    for (let check = 1; ; check += 1) {
      const { status, nextPollAt, error } = await step.run(`check ${check}`, async () => {
        const { status, nextPollAt, error } = await client.status(handle).catch(later);
        return { status, nextPollAt, error: error?.message };
      });
      if (status === "completed") break;
      if (nextPollAt === undefined) throw new NonRetriableError(`The job ended as ${status}: ${error}`);
      await step.sleepUntil(`wait ${check}`, new Date(nextPollAt));
    }

    return step.run("store the video", async () => {
      const { outcome } = await client.status(handle);
      const file = `${DATA_FOLDER}/${id}.mp4`;
      await client.download(outcome.videos[0], fileSink(file));
      return { file, costUsd: outcome.costUsd };
    });
  },
);

/** A failed check says nothing about the job, which continues. */
function later(error) {
  if (!(error instanceof FilmgateError) || error.code === "job_not_found") throw error;
  return { nextPollAt: Date.now() + 30_000 };
}

/** A step is repeated only after an error that allows it: nothing is billed twice. */
async function final(started) {
  try {
    return await started;
  } catch (cause) {
    if (!(cause instanceof FilmgateError) || cause.retryable) throw cause;
    throw new NonRetriableError(cause.message, { cause });
  }
}
