import { AbortTaskRunError, task, wait } from "@trigger.dev/sdk";
import { FilmgateError, createFilmgate } from "filmgate";

// A task's disk does not outlive its machine: the gateway keeps the job, and its video.
const client = createFilmgate({
  gateway: { url: process.env.FILMGATE_GATEWAY, apiKey: process.env.FILMGATE_GATEWAY_KEY },
});

export const generateVideo = task({
  id: "generate-video",
  retry: { maxAttempts: 5 },
  /** `id`: a UUID of the program that triggers the task, stored there before. */
  run: async ({ id, prompt }) => {
    const request = { model: "p-video", prompt, duration: 5, resolution: "720p" };
    // A later attempt begins here again, and the gateway answers with the job of the first.
    const handle = await final(client.start(request, { idempotencyKey: id, maxCostUsd: 1 }));
    for (;;) {
      const { status, nextPollAt, outcome, error } = await client.status(handle).catch(later);
      if (status === "completed") return { handle, costUsd: outcome.costUsd };
      if (nextPollAt === undefined) throw new AbortTaskRunError(`The job ended as ${status}: ${error?.message}`);
      await wait.until({ date: new Date(nextPollAt) });
    }
  },
});

/** A failed check says nothing about the job, which continues. */
function later(error) {
  if (!(error instanceof FilmgateError) || error.code === "job_not_found") throw error;
  return { nextPollAt: Date.now() + 30_000 };
}

/** An attempt is repeated only after an error that allows it: nothing is billed twice. */
async function final(started) {
  try {
    return await started;
  } catch (error) {
    if (!(error instanceof FilmgateError) || error.retryable) throw error;
    throw new AbortTaskRunError(error.message);
  }
}
