// Every method works without its object.
import assert from "node:assert/strict";
import { test } from "node:test";
import { inspect } from "node:util";
import { createFilmgate } from "../../pkg/dist/index.js";
import { createSimulator } from "../../pkg/dist/testing/index.js";
import { TEXT, createClient, failing, simulator } from "./support.mjs";

const GATEWAY = { url: "https://gateway.example", apiKey: "fgw_of_a_test" };

/** The names of an object's methods, its own and inherited. */
function methodsOf(object) {
  const names = new Set();
  for (let at = object; at && at !== Object.prototype; at = Object.getPrototypeOf(at)) {
    for (const [name, { value }] of Object.entries(Object.getOwnPropertyDescriptors(at))) {
      if (typeof value === "function" && name !== "constructor") names.add(name);
    }
  }
  return [...names];
}

/** Each method is bound, or does not use `this`. */
function assertBound(object) {
  const names = methodsOf(object);
  assert.ok(names.length > 2);
  const isBound = (method) => method.name.startsWith("bound ") || !/\bthis\b/.test(String(method));
  assert.deepEqual(names.filter((name) => !isBound(object[name])), []);
}

test("methods of a client", async (t) => {
  const sim = await simulator(t);
  const client = createClient(sim);
  const { models, validate, quote, submit, start, status, generate, resume, jobs, deleteJob } = client;
  assert.ok(models().length > 0);
  assert.equal(validate(TEXT).ok, true);
  assert.ok(quote(TEXT).length > 0);
  const job = await submit(TEXT);
  const { result, cancel } = job;
  assert.equal((await result()).videos.length, 1);
  assert.equal((await cancel()).result, "already_finished");
  assert.equal((await status(job.handle)).status, "completed");
  assert.equal((await resume(await start(TEXT)).result()).charge, "charged");
  assert.equal((await generate(TEXT)).charge, "charged");
  assert.equal((await jobs()).length, 3);
  await deleteJob(job.handle);
  assert.equal((await jobs()).length, 2);
  assertBound(client);
  assertBound(job);
});

test("methods of a client of a gateway", async () => {
  const client = createFilmgate({ gateway: GATEWAY });
  const { quote, jobs, status } = client;
  assert.ok(quote(TEXT).length > 0);
  assert.deepEqual(await jobs(), []);
  await failing(status({}), "job_not_found");
  assertBound(client);
});

test("methods of a simulator", () => {
  assertBound(createSimulator());
});

test("a log of a client lists no methods", () => {
  assert.equal(inspect(createFilmgate()).includes("submit"), false);
});
