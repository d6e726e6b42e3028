// What every test of the package needs: simulated providers of its own, a client of them, and the requests.
import assert from "node:assert/strict";
import { createHmac } from "node:crypto";
import { createFilmgate } from "../../pkg/dist/index.js";
import { buildServer } from "../../scripts/build.mjs";
import { startSimulator } from "../../scripts/lib/simulator.mjs";

export const KEY = "key-that-no-one-may-see";
export const PROMPT = "Action: She opened her hands. Ambient Sound: A dying fire.";

/** Suits both providers. */
export const BOTH = {
  model: "sora-2-pro",
  prompt: PROMPT,
  image: "https://example.com/baker.jpeg",
  duration: 4,
};

/** Suits Runware alone. */
export const TEXT = { model: "sora-2-pro", prompt: PROMPT, duration: 4, size: "1280x720" };

export const REQUESTS = { runpod: BOTH, runware: TEXT };
export const PROVIDERS = ["runpod", "runware"];

/** Simulated providers, stopped with the test. By default a job is finished before the first poll. */
export async function simulator(t, { jobDurationMs = 300, ...config } = {}) {
  const program = process.env.FILMGATE_SIM ?? (await buildServer());
  const server = await startSimulator({ program, args: ["--job-duration-ms", String(jobDurationMs)] });
  t.after(server.stop);
  const control = async (path, body) => {
    const method = body === undefined ? "GET" : "POST";
    const answer = await fetch(`${server.origin}/control/${path}`, {
      method,
      body: JSON.stringify(body),
    });
    assert.ok(answer.ok, `control/${path}: HTTP ${answer.status}`);
    return answer.json();
  };
  if (Object.keys(config).length > 0) await control("config", config);
  return {
    ...server,
    control,
    faults: (...rules) => control("faults", rules),
    ledger: () => control("ledger"),
    settings: {
      runpod: { apiKey: KEY, baseURL: server.runpod },
      runware: { apiKey: KEY, baseURL: server.runware },
    },
  };
}

/** A client of the simulated providers. */
export const createClient = (sim, options = {}) => createFilmgate({ ...sim.settings, ...options });

/** A fetch that records its requests: method, path, task type and body. */
export function counting(through = fetch) {
  const seen = [];
  const counted = async (request) => {
    const body = await request.clone().text();
    const task = body.startsWith("[") ? JSON.parse(body)[0].taskType : undefined;
    seen.push({ method: request.method, path: new URL(request.url).pathname, task, body, request });
    return through(request);
  };
  const isSubmit = ({ path, task }) => path.endsWith("/run") || task === "videoInference";
  return { fetch: counted, seen, submissions: () => seen.filter(isSubmit) };
}

// Each simulated server has an exit listener of its own.
process.setMaxListeners(50);

/** A promise and the ways to settle it. */
export function deferred() {
  let resolve, reject;
  const promise = new Promise((yes, no) => ([resolve, reject] = [yes, no]));
  return { promise, resolve, reject };
}

/** The error of a promise that has to reject with a `FilmgateError` of that code. */
export async function failing(promise, code) {
  const error = await promise.then(
    () => assert.fail(`expected ${code}, but it succeeded`),
    (thrown) => thrown,
  );
  assert.equal(error.name, "FilmgateError", String(error?.stack));
  assert.equal(error.code, code, error.message);
  return error;
}

/** The webhook URL of a job, as the receiver's server gets it. */
export function addressOf(provider, key, secret) {
  const token = createHmac("sha256", secret).update(`${provider}:${key}`).digest("hex");
  return `/hook?filmgate=${provider}.${key}.${token}`;
}

/** Nothing was submitted to anyone. */
export async function nothingSent(sim) {
  assert.deepEqual((await sim.ledger()).submissions, []);
}

/** The statuses of a job's updates. */
export async function statuses(job) {
  const seen = [];
  for await (const { status } of job) seen.push(status);
  return seen;
}

/** What `look` finds, once it finds something; the test's own time limit ends a vain wait. */
export async function waitFor(look) {
  // Soon again at first. A look costs a request, which the others on a busy machine wait for.
  for (let pauseMs = 5; ; pauseMs = Math.min(pauseMs * 1.5, 25)) {
    const found = await look();
    if (found) return found;
    await new Promise((resolve) => setTimeout(resolve, pauseMs));
  }
}
