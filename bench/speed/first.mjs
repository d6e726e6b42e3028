// A client's first call in a fresh process or page: `first(name)` returns the milliseconds of its import
// and of its first call.
const KEY = "any-key";
const REQUEST = { model: "sora-2-pro", prompt: "A dying fire.", duration: 4, size: "1280x720" };
const WIRE = { prompt: "A dying fire.", image: "https://example.com/a.jpeg", duration: 4 };

function checkAndQuote(createFilmgate) {
  const client = createFilmgate({ runware: { apiKey: KEY } });
  client.validate(REQUEST);
  client.quote(REQUEST);
}

/** By client: its import and its first call. */
export const clients = {
  "filmgate, `check` and `quote`": {
    load: () => import("../../pkg/dist/index.js"),
    call: ({ createFilmgate }) => checkAndQuote(createFilmgate),
  },
  "filmgate after `ready()`": {
    async load() {
      const filmgate = await import("../../pkg/dist/index.js");
      await filmgate.ready();
      return filmgate;
    },
    call: ({ createFilmgate }) => checkAndQuote(createFilmgate),
  },
  "`valibot`, a check": {
    load: () => import("../validators/valibot.mjs"),
    call: ({ runpod }) => runpod(WIRE),
  },
  "`zod`, a check": {
    load: () => import("../validators/zod.mjs"),
    call: ({ runpod }) => runpod(WIRE),
  },
  "`ajv`, a check": {
    load: () => import("../validators/ajv.mjs"),
    call: ({ runpod }) => runpod(WIRE),
  },
  "`@fal-ai/client`, a client": {
    load: () => import("./fal.mjs"),
    call: ({ createFalClient }) =>
      createFalClient({ credentials: KEY, suppressLocalCredentialsWarning: true }),
  },
  "`replicate`, a client": {
    load: () => import("replicate"),
    call: ({ default: Replicate }) => new Replicate({ auth: KEY }),
  },
  "`openai`, a client": {
    load: () => import("openai"),
    call: ({ default: OpenAI }) => new OpenAI({ apiKey: KEY, dangerouslyAllowBrowser: true }),
  },
};

/** Imports a client and calls it once. */
export async function first(name) {
  const { load, call } = clients[name];
  const start = performance.now();
  const module = await load();
  const loaded = performance.now();
  call(module);
  return { importMs: loaded - start, callMs: performance.now() - loaded };
}
