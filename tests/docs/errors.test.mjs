// The page of errors lists every code, and each error has the charge and `retryable` that its row says.
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
const errors = tableBelow(PAGE, "Error codes");
const issues = tableBelow(PAGE, "Issue codes");

/** The members of a type that is a union of strings. */
function membersOf(file, name) {
  const text = readFileSync(join(root, "pkg/src/types", file), "utf8");
  const { statements } = ts.createSourceFile(file, text, ts.ScriptTarget.Latest, true);
  const { type } = statements.find((statement) => statement.name?.text === name);
  return type.types.map(({ literal }) => literal.text);
}

/** The codes in the first column of a table. */
const listed = (rows) =>
  rows.flatMap(([first]) => [...first.matchAll(/`(\w+)`/g)].map(([, code]) => code));

test("every error code has a row, and every row a code", () => {
  assert.deepEqual(listed(errors), membersOf("error.ts", "ErrorCode"));
});

test("every issue code has a row, and every row a code", () => {
  assert.deepEqual(listed(issues), membersOf("request.ts", "IssueCode"));
});

// The environment may have real keys.
delete process.env.RUNPOD_API_KEY;
delete process.env.RUNWARE_API_KEY;

const REQUEST = { model: "wan-2.6", prompt: "A fox", duration: 5, resolution: "720p" };

/** A client with simulated providers of its own. */
function createClient({ jobDurationMs = 100, onWebhook, ...options } = {}) {
  const simulator = createSimulator({ jobDurationMs, ...(onWebhook && { onWebhook }) });
  return { simulator, client: createFilmgate({ ...simulator.options, ...options }) };
}

const generate = (request, options) =>
  createClient().client.generate({ ...REQUEST, ...request }, options);

/** Generates with a model that the catalog does not have, with an input that no model accepts. */
const generateRaw = (model) => createClient().client.generate({ model, input: { duration: -1 } });

/** Submits while every submit has this fault. */
function submitWithFault(fault, options) {
  const { simulator, client } = createClient();
  simulator.injectFault({ operation: "submit", times: 99, fault });
  return client.submit(REQUEST, options);
}

/** Submits with a key; the simulated providers treat some keys specially. */
function submitWithKey(apiKey) {
  const { fetch, runpod } = createSimulator().options;
  return createFilmgate({ fetch, runpod: { ...runpod, apiKey } }).submit(REQUEST);
}

function deferred() {
  let resolve;
  const promise = new Promise((fulfill) => (resolve = fulfill));
  return { promise, resolve };
}

/** Verifies a job's webhook after `change` has altered it. */
async function verifyChanged(change) {
  const secret = "long and random";
  const arrived = deferred();
  const onWebhook = (request) => (arrived.resolve(request.url), new Response());
  const { client } = createClient({ onWebhook });
  const webhook = { url: "https://example.com/webhook", secret };
  await client.generate(REQUEST, { webhook });
  await client.verifyWebhook({ secret, ...change(await arrived.promise) });
}

const diskFull = () => Promise.reject(new Error("The disk is full"));
const connectionRefused = () =>
  Promise.reject(Object.assign(new TypeError("fetch failed"), { cause: { code: "ECONNREFUSED" } }));

/** Calls `status` while every poll has this fault. */
async function statusWithFault(fault) {
  const { simulator, client } = createClient();
  const handle = await client.start(REQUEST);
  simulator.injectFault({ operation: "poll", times: 99, fault });
  await client.status(handle, { timeoutMs: 2_000 });
}

// Calls that fail with each code.
const CASES = [
  ["invalid_request", () => generate({ duration: 3 })],
  ["budget_exceeded", () => generate({}, { maxCostUsd: 0.01 })],
  ["missing_api_key", () => createFilmgate({ fetch: connectionRefused }).submit(REQUEST)],
  [
    "store_error",
    () =>
      createClient({ store: { ...memoryStore(), lease: (_, work) => work(), put: diskFull } }).client.submit(
        REQUEST,
      ),
  ],
  ["unauthorized", () => submitWithKey("bad-key")],
  [
    "unauthorized",
    () => verifyChanged((url) => ({ url: url.replace("filmgate=", "filmgate=0"), body: "{}" })),
  ],
  ["insufficient_quota", () => submitWithKey("broke-key")],
  ["rate_limited", () => submitWithFault({ kind: "rateLimit" }, { timeoutMs: 2_000 })],
  ["content_policy_violation", () => generate({ prompt: "A fox [moderated]" }, { provider: "runpod" })],
  ["content_policy_violation", () => generate({ prompt: "A fox [moderated]" }, { provider: "runware" })],
  ["bad_request", () => generateRaw("runware:alibaba:wan@2.6")],
  ["model_unavailable", () => generateRaw("runpod:none")],
  ["generation_failed", () => generate({ prompt: "A fox [fail]" }, { provider: "runpod" })],
  ["generation_failed", () => generate({ prompt: "A fox [fail]" }, { provider: "runware" })],
  [
    "cancelled",
    async () => {
      const job = await createClient({ jobDurationMs: 60_000 }).client.submit(REQUEST, { provider: "runpod" });
      await job.cancel();
      await job.result();
    },
  ],
  [
    "result_expired",
    async () => {
      const { simulator, client } = createClient();
      const handle = await client.start(REQUEST, { provider: "runpod" });
      simulator.advance(3_600_000);
      const acceptedAt = (handle.acceptedAt ?? 0) - 3_600_000;
      await createFilmgate(simulator.options).resume({ ...handle, acceptedAt }).result();
    },
  ],
  [
    "result_expired",
    () =>
      createClient().client.download({ url: "https://simulator.invalid/none.mp4" }, new WritableStream()),
  ],
  ["submission_unknown", () => submitWithFault({ kind: "resetAfter" }, { provider: "runpod" })],
  ["timeout", () => createClient({ jobDurationMs: 60_000 }).client.generate(REQUEST, { timeoutMs: 2_000 })],
  ["connection_error", () => createClient({ fetch: connectionRefused }).client.submit(REQUEST)],
  [
    "connection_error",
    () => createClient().client.download({ url: "ftp://example.com/a.mp4" }, new WritableStream()),
  ],
  ["connection_error", () => statusWithFault({ kind: "resetBefore" })],
  ["timeout", () => statusWithFault({ kind: "rateLimit" })],
  ["unauthorized", () => statusWithFault({ kind: "empty401" })],
  ["invalid_response", () => statusWithFault({ kind: "html" })],
  ["invalid_response", () => verifyChanged((url) => ({ url, body: "{}" }))],
  ["job_not_found", () => createClient().client.resume({ id: "none" }).result()],
];

describe("an error has the charge and `retryable` of its row", { concurrency: true }, () => {
  for (const [code, provoke] of CASES) {
    test(code, async () => {
      const error = await Promise.resolve()
        .then(provoke)
        .then(
          () => assert.fail("the call succeeded"),
          (thrown) => thrown,
        );
      assert.equal(error.code, code, error.stack);
      const [, , charge, retryable] = errors.find(([first]) => first === `\`${code}\``);
      assert.ok(charge.includes(`\`${error.charge}\``), `charge: ${error.charge}`);
      assert.equal(error.retryable, retryable === "no" ? false : error.charge === "none");
    });
  }
});
