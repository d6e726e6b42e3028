// A client's first call in a fresh process or page.
const KEY = "any-key";
const REQUEST = { model: "sora-2-pro", prompt: "A dying fire.", duration: 4, size: "1280x720" };
const WIRE = { prompt: "A dying fire.", image: "https://example.com/a.jpeg", duration: 4 };

const settings = { runware: { apiKey: KEY } };

function validateAndQuote({ createFilmgate }) {
  const client = createFilmgate(settings);
  client.validate(REQUEST);
  client.quote(REQUEST);
}

/** filmgate, whose entry `load` imports. */
export const filmgateBy = (load) => ({ load, call: validateAndQuote });

/** The same after `ready()`, which counts as a part of the import. */
export const readyBy = (load) => ({
  async load() {
    const filmgate = await load();
    await filmgate.ready();
    return filmgate;
  },
  call: validateAndQuote,
});

/** The filmgate of commit 42df108. */
export const baselineBy = (load) => ({
  load,
  call({ createFilmgate }) {
    const film = createFilmgate(settings);
    film.check(REQUEST);
    film.quote(REQUEST);
  },
});

/** Other clients: their import, and a validation or a new client. */
export const peers = {
  valibot: { load: () => import("../validators/valibot.mjs"), call: ({ runpod }) => runpod(WIRE) },
  zod: { load: () => import("../validators/zod.mjs"), call: ({ runpod }) => runpod(WIRE) },
  ajv: { load: () => import("../validators/ajv.mjs"), call: ({ runpod }) => runpod(WIRE) },
  "@fal-ai/client": {
    load: () => import("./fal.mjs"),
    call: ({ createFalClient }) => createFalClient({ credentials: KEY, suppressLocalCredentialsWarning: true }),
  },
  replicate: { load: () => import("replicate"), call: ({ default: Replicate }) => new Replicate({ auth: KEY }) },
  openai: {
    load: () => import("openai"),
    call: ({ default: OpenAI }) => new OpenAI({ apiKey: KEY, dangerouslyAllowBrowser: true }),
  },
};

/** Imports a client and calls it once: `{ importMs, callMs }`. */
export async function first({ load, call }) {
  const start = performance.now();
  const module = await load();
  const loaded = performance.now();
  call(module);
  return { importMs: loaded - start, callMs: performance.now() - loaded };
}
