// The page of errors has every code, and what it says of money and of trying again is what happens.
import assert from "node:assert/strict";
import { readFileSync } from "node:fs";
import { join } from "node:path";
import { describe, test } from "node:test";
import ts from "typescript";
import { createFilmgate, memoryStore } from "../../pkg/dist/index.js";
import { createSimulator } from "../../pkg/dist/testing/index.js";
import { root } from "../../scripts/lib/run.mjs";
import { tableBelow } from "./lib/pages.mjs";

const PAGE = "docs/errors.md";
const errors = tableBelow(PAGE, "Every code");
const issues = tableBelow(PAGE, "Every issue");

/** The words of a type that is a union of them. */
function words(file, name) {
  const text = readFileSync(join(root, "pkg/src/types", file), "utf8");
  const { statements } = ts.createSourceFile(file, text, ts.ScriptTarget.Latest, true);
  const { type } = statements.find((statement) => statement.name?.text === name);
  return type.types.map(({ literal }) => literal.text);
}

/** The codes of a table's first column. */
const listed = (rows) =>
  rows.flatMap(([first]) => [...first.matchAll(/`(\w+)`/g)].map(([, code]) => code));

test("every error code has a row, and every row a code", () => {
  assert.deepEqual(listed(errors), words("error.ts", "ErrorCode"));
});

test("every issue code has a row, and every row a code", () => {
  assert.deepEqual(listed(issues), words("request.ts", "IssueCode"));
});

// Whoever runs this may have real keys.
delete process.env.RUNPOD_API_KEY;
delete process.env.RUNWARE_API_KEY;

const REQUEST = { model: "wan-2.6", prompt: "A fox", duration: 5, resolution: "720p" };

/** A client of simulated providers of its own. */
function stage({ jobDurationMs = 100, deliver, ...options } = {}) {
  const sim = createSimulator({ jobDurationMs, ...(deliver && { deliver }) });
  return { sim, film: createFilmgate({ ...sim.options, ...options }) };
}

const film = (request, options) => stage().film.generate({ ...REQUEST, ...request }, options);

/** A model that the catalog does not know, with an empty input. */
const raw = (model) => stage().film.generate({ model, input: {} });

/** What comes of a submit that meets this fault each time. */
function faulty(fault, options) {
  const { sim, film } = stage();
  sim.injectFault({ operation: "submit", times: 99, fault });
  return film.submit(REQUEST, options);
}

/** The simulated providers know some keys by their names. */
function keyed(apiKey) {
  const { fetch, runpod } = createSimulator().options;
  return createFilmgate({ fetch, runpod: { ...runpod, apiKey } }).submit(REQUEST);
}

function deferred() {
  let resolve;
  const promise = new Promise((settle) => (resolve = settle));
  return { promise, resolve };
}

/** A webhook of a job, changed on its way. */
async function received(change) {
  const secret = "long and random";
  const arrived = deferred();
  const deliver = (request) => (arrived.resolve(request.url), new Response());
  const { film } = stage({ deliver });
  const webhook = { url: "https://example.com/hook", secret };
  const { provider } = await film.generate(REQUEST, { webhook });
  await film.verifyWebhook({ secret, ...change(await arrived.promise) });
}

const broken = () => Promise.reject(new Error("The disk is full"));
const unheard = () =>
  Promise.reject(Object.assign(new TypeError("fetch failed"), { cause: { code: "ECONNREFUSED" } }));

/** What comes of `status`, where its question meets this fault. */
async function asked(fault) {
  const { sim, film } = stage();
  const handle = await film.start(REQUEST);
  sim.injectFault({ operation: "poll", times: 99, fault });
  await film.status(handle, { timeoutMs: 2_000 });
}

// Ways to come to a code.
const WAYS = [
  ["invalid_request", () => film({ duration: 3 })],
  ["budget_exceeded", () => film({}, { maxCostUsd: 0.01 })],
  ["missing_api_key", () => createFilmgate({ fetch: unheard }).submit(REQUEST)],
  [
    "store_error",
    () =>
      stage({ store: { ...memoryStore(), lease: (_, work) => work(), put: broken } }).film.submit(
        REQUEST,
      ),
  ],
  ["unauthorized", () => keyed("bad-key")],
  [
    "unauthorized",
    () => received((url) => ({ url: url.replace("filmgate=", "filmgate=0"), body: "{}" })),
  ],
  ["insufficient_quota", () => keyed("broke-key")],
  ["rate_limited", () => faulty({ kind: "rateLimit" }, { timeoutMs: 2_000 })],
  ["content_policy_violation", () => film({ prompt: "A fox [moderated]" }, { provider: "runpod" })],
  ["content_policy_violation", () => film({ prompt: "A fox [moderated]" }, { provider: "runware" })],
  ["bad_request", () => raw("runpod:wan-2-6-t2v")],
  ["model_unavailable", () => raw("runpod:none")],
  ["generation_failed", () => film({ prompt: "A fox [fail]" }, { provider: "runpod" })],
  ["generation_failed", () => film({ prompt: "A fox [fail]" }, { provider: "runware" })],
  [
    "cancelled",
    async () => {
      const job = await stage({ jobDurationMs: 60_000 }).film.submit(REQUEST, { provider: "runpod" });
      await job.cancel();
      await job.result();
    },
  ],
  [
    "result_expired",
    async () => {
      const { sim, film } = stage();
      const handle = await film.start(REQUEST, { provider: "runpod" });
      sim.advance(3_600_000);
      await createFilmgate(sim.options).resume(handle).result();
    },
  ],
  [
    "result_expired",
    () =>
      stage().film.download({ url: "https://simulator.invalid/none.mp4" }, new WritableStream()),
  ],
  ["submission_unknown", () => faulty({ kind: "resetAfter" }, { provider: "runpod" })],
  ["timeout", () => stage({ jobDurationMs: 60_000 }).film.generate(REQUEST, { timeoutMs: 2_000 })],
  ["connection_error", () => stage({ fetch: unheard }).film.submit(REQUEST)],
  [
    "connection_error",
    () => stage().film.download({ url: "ftp://example.com/a.mp4" }, new WritableStream()),
  ],
  ["connection_error", () => asked({ kind: "resetBefore" })],
  ["timeout", () => asked({ kind: "rateLimit" })],
  ["unauthorized", () => asked({ kind: "empty401" })],
  ["invalid_response", () => asked({ kind: "html" })],
  ["invalid_response", () => received((url) => ({ url, body: "{}" }))],
  ["job_not_found", () => stage().film.resume({ id: "none" }).result()],
];

describe("an error is what its row says", { concurrency: true }, () => {
  for (const [code, provoke] of WAYS) {
    test(code, async () => {
      const error = await Promise.resolve()
        .then(provoke)
        .then(
          () => assert.fail("it succeeded"),
          (thrown) => thrown,
        );
      assert.equal(error.code, code, error.stack);
      const [, , charge, again] = errors.find(([first]) => first === `\`${code}\``);
      assert.ok(charge.includes(`\`${error.charge}\``), `charge: ${error.charge}`);
      assert.equal(error.retryable, again === "no" ? false : error.charge === "none");
    });
  }
});
