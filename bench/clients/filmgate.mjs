// filmgate, from the built package, with its folder store, or with its default, which is memory. One client runs one job,
// so none learns from another.
import { createFilmgate } from "../../pkg/dist/index.js";
import { folderStore } from "../../pkg/dist/node/index.js";
import { API_KEY, IMAGE, PROMPT, SECONDS } from "./request.mjs";

const LIMIT_MS = 4_000;
const REQUESTS = {
  runpod: { model: "sora-2-pro", prompt: PROMPT, image: IMAGE, duration: SECONDS },
  runware: { model: "sora-2-pro", prompt: PROMPT, size: "1280x720", duration: SECONDS },
};

const inFolder = ({ folder }) => ({ store: folderStore(folder) });
const inMemory = () => ({});

const filmgate = (provider, settings = {}, store = inFolder) => {
  const at = (job) =>
    createFilmgate({
      [provider]: { apiKey: API_KEY, baseURL: job.address, ...settings },
      ...store(job),
    });

  return {
    async generate(job) {
      const timeoutMs = job.limited ? LIMIT_MS : undefined;
      const submitted = await at(job).submit(REQUESTS[provider], { provider, timeoutMs });
      job.keep(submitted.handle);
      return firstOf(await submitted.result());
    },

    /** By the handle from an error or a callback; else from the store. */
    async find(job) {
      const client = at(job);
      const given = job.kept.map((each) => each.error?.handle ?? each).find(({ id }) => id);
      const handle = given ?? (await client.jobs())[0].handle;
      return firstOf(await client.resume(handle).result());
    },
  };
};

/** A video has an address, or it is in the answer itself. */
const firstOf = ({ videos: [{ url, data }] }) => ({ url: url ?? data });

export const runpod = filmgate("runpod");
export const runpodWithoutLongPoll = filmgate("runpod", { longPoll: false });
export const runware = filmgate("runware");
export const runpodInMemory = filmgate("runpod", {}, inMemory);
export const runwareInMemory = filmgate("runware", {}, inMemory);
