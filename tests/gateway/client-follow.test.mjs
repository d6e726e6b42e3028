// A gateway job, tracked from any runtime to its end: by events, by polling, through errors, and by cancel.
import assert from "node:assert/strict";
import { after, describe, test } from "node:test";
import { memoryStore } from "../../pkg/dist/index.js";
import { BOTH, PROMPT, TEXT, between, failing, gateway, waitFor } from "./client.mjs";

const all = await gateway({ after }, { sim: { jobDurationMs: 600 } });
const long = await gateway({ after }, { sim: { jobDurationMs: 600_000 } });

const isEvents = ({ path }) => path.endsWith("/events");
const isLook = ({ method, path }) => method === "GET" && !path.endsWith("/events");
const down = () => Promise.reject(new TypeError("fetch failed"));
const events = async (job) => {
  const told = [];
  for await (const update of job) told.push(update);
  return told;
};

describe("a job of a gateway", { concurrency: true }, () => {
  test("emits its updates, received in one stream", async () => {
    const calls = between();
    const job = await all.createClient({ fetch: calls.fetch }).submit(BOTH, { provider: "runpod" });
    const told = await events(job);
    assert.deepEqual([told[0].status, told.at(-1).status], ["submitting", "completed"]);
    assert.ok(told.every(({ progress = 0 }) => progress >= 0 && progress <= 1));
    assert.equal(calls.seen.filter(isEvents).length, 1);
    assert.equal(calls.seen.filter(isLook).length, 0);
    const { videos, handle } = await job.result();
    assert.equal(videos.length, 1);
    assert.ok(handle.acceptedAt >= handle.createdAt && handle.endedAt >= handle.acceptedAt);
  });

  for (const [what, answer] of [
    ["refused", () => new Response("no", { status: 405 })],
    ["of another kind", () => new Response("<html>")],
    ["without an answer", down],
    ["broken off at once", (on) => cut(on, 0)],
  ]) {
    test(`whose events are ${what} is polled`, async () => {
      const calls = between((call, on) => (isEvents(call) ? answer(on) : on()));
      const { videos } = await all.createClient({ fetch: calls.fetch }).generate(TEXT);
      assert.equal(videos.length, 1);
      assert.ok(calls.seen.filter(isLook).length >= 1);
      assert.ok(calls.seen.filter(isEvents).length <= 3);
    });
  }

  test("whose stream breaks resumes after the last event", async () => {
    let streams = 0;
    const calls = between((call, on) => (isEvents(call) && streams++ === 0 ? cut(on, 75) : on()));
    const job = await all.createClient({ fetch: calls.fetch }).submit(BOTH, { provider: "runpod" });
    assert.equal((await job.result()).videos.length, 1);
    const ids = calls.seen
      .filter(isEvents)
      .map(({ request }) => request.headers.get("last-event-id"));
    assert.equal(ids[0], null);
    assert.match(ids[1] ?? "", /^\d+$/);
  });

  test("neither connection errors nor a rejected API key fail it", async () => {
    let calls = 0;
    const trouble = [
      down,
      () => new Response("", { status: 503 }),
      () => new Response("", { status: 429, headers: { "retry-after": "1" } }),
      () => Response.json({ error: { code: "invalid_token", message: "?" } }, { status: 401 }),
      () => new Response("<html>"),
    ];
    const fetch = between((call, on) => {
      if (call.key) return on();
      if (isEvents(call)) return new Response("", { status: 404 });
      return trouble[calls++]?.() ?? on();
    }).fetch;
    const { videos } = await all.createClient({ fetch }).generate(TEXT);
    assert.equal(videos.length, 1);
    assert.ok(calls > trouble.length);
  });

  test("resumes in another runtime by its handle only", async () => {
    const handle = await all.createClient().start(TEXT);
    const copy = JSON.parse(JSON.stringify(handle));
    assert.ok(!JSON.stringify(copy).includes(all.apiKey) && !JSON.stringify(copy).includes(PROMPT));
    const store = memoryStore();
    const client = all.createClient({ store });
    assert.equal((await client.resume(copy).result()).handle.jobId, handle.jobId);
    const [stored] = await client.jobs();
    assert.equal(stored.outcome.videos.length, 1);
    const offline = all.createClient({ store, fetch: down });
    assert.deepEqual((await offline.resume(copy).result()).videos, stored.outcome.videos);
  });

  test("nothing runs after `start`, and `status` polls once", async () => {
    const calls = between();
    const client = long.createClient({ fetch: calls.fetch });
    const handle = await client.start(TEXT);
    await new Promise((resolve) => setTimeout(resolve, 1_500));
    assert.equal(calls.seen.length, 1);
    const { status, handle: told, nextPollAt } = await long.createClient({ fetch: calls.fetch }).status(handle);
    assert.ok(["submitting", "queued", "running"].includes(status), status);
    assert.equal(told.id, handle.id);
    assert.ok(nextPollAt > Date.now());
    assert.equal(calls.seen.length, 2);
  });

  for (const [what, answer, code] of [
    ["HTTP 503", () => new Response("", { status: 503 }), "invalid_response"],
    ["nothing", down, "connection_error"],
    ["broken JSON", () => new Response('{"id'), "invalid_response"],
    ["HTTP 429", () => new Response("", { status: 429 }), "rate_limited"],
  ]) {
    test(`a \`status\` with ${what} rejects, and says nothing about the job`, async () => {
      const store = memoryStore();
      const handle = await long.createClient({ store }).start(TEXT);
      const error = await failing(long.createClient({ store, fetch: answer }).status(handle), code);
      assert.deepEqual([error.charge, error.retryable, error.handle.id], ["unknown", false, handle.id]);
      assert.ok((await long.createClient({ store }).status(handle)).status);
    });
  }

  test("after a timeout the job continues", async () => {
    const client = long.createClient();
    const error = await failing(client.generate(TEXT, { timeoutMs: 10_000 }), "timeout");
    assert.deepEqual([error.charge, error.retryable], ["unknown", false]);
    assert.equal((await client.jobs({ pending: true }))[0].handle.id, error.handle.id);
    assert.ok((await client.status(error.handle)).status);
  });

  test("a signal aborts with its own reason", async () => {
    const controller = new AbortController();
    const job = await long.createClient().submit(TEXT, { signal: controller.signal });
    controller.abort(0);
    assert.equal(await job.result().catch((reason) => reason), 0);
    for await (const { status } of job) assert.ok(status);
    const already = long.createClient().submit(TEXT, { signal: AbortSignal.abort("no") });
    assert.equal(await already.catch((reason) => reason), "no");
  });

  test("a cancel returns its result, here and from another client", async () => {
    const client = long.createClient();
    const job = await client.submit(BOTH, { provider: "runpod" });
    await taken(job);
    assert.deepEqual(await job.cancel(), { result: "cancelled", charge: "unknown" });
    const error = await failing(job.result(), "cancelled");
    assert.ok(error.handle.endedAt);
    assert.equal((await job.cancel()).result, "already_finished");
    const other = await long.createClient().start(BOTH, { provider: "runpod" });
    assert.equal((await long.createClient().resume(other).cancel()).result, "cancelled");
    const { signal, abort } = leaving();
    const runware = await long.createClient().submit(TEXT, { provider: "runware", signal });
    await taken(runware);
    assert.equal((await runware.cancel()).result, "unsupported");
    abort(); // The job continues, and would be tracked beyond the test.
  });

  test("a cancel after an abort still reaches the gateway", async () => {
    const controller = new AbortController();
    const job = await long.createClient().submit(BOTH, { provider: "runpod", signal: controller.signal });
    controller.abort();
    await job.result().catch(() => {});
    assert.equal((await job.cancel()).result, "cancelled");
  });

  test("a deleted video is expired, which is not stored as an end", async () => {
    const store = memoryStore();
    const client = all.createClient({ store });
    const outcome = await client.generate(TEXT);
    const { jobId } = outcome.handle;
    assert.equal((await all.call(`/v1/videos/${jobId}`, { method: "DELETE" })).status, 200);
    const elsewhere = all.createClient();
    const error = await failing(elsewhere.resume(outcome.handle).result(), "result_expired");
    assert.equal(error.charge, "unknown");
    const { status, error: told } = await elsewhere.status(outcome.handle);
    assert.deepEqual([status, told.code], ["expired", "result_expired"]);
    assert.deepEqual(await elsewhere.jobs(), []);
    assert.equal((await client.jobs())[0].status, "completed");
  });

  test("another API key's job is not found, and stays for the right API key", async () => {
    const store = memoryStore();
    const handle = await all.createClient({ store }).start(TEXT);
    const { apiKey } = await all.server.createKey();
    const other = all.createClient({ store, gateway: { url: all.settings.url, apiKey } });
    await failing(other.resume(handle).result(), "result_expired");
    assert.equal((await all.createClient({ store }).jobs({ pending: true })).length, 1);
    assert.equal((await all.createClient({ store }).resume(handle).result()).videos.length, 1);
  });

  test("a wrong API key is an error, and the job continues with the right one", async () => {
    const handle = await long.createClient().start(TEXT);
    let apiKey = "fgw_wrong";
    const client = long.createClient({ gateway: { url: long.settings.url, apiKey: () => apiKey } });
    await failing(client.status(handle), "unauthorized");
    const job = client.resume(handle);
    const told = job[Symbol.asyncIterator]();
    assert.equal((await told.next()).value.status, "queued");
    apiKey = long.apiKey;
    assert.equal((await told.next()).value.status, "running");
    await job.cancel();
  });

  test("a handle of another client is a clear error", async () => {
    const store = memoryStore();
    const through = await all.createClient({ store }).start(TEXT);
    const direct = await all.direct({ store }).start(TEXT);
    const theirs = all.createClient({ store, gateway: { url: long.settings.url, apiKey: long.apiKey } });
    for (const client of [all.direct({ store }), all.direct(), theirs]) {
      const error = await failing(client.resume(through).result(), "job_not_found");
      assert.match(error.message, /gateway/);
      await failing(client.status(through), "job_not_found");
    }
    for (const client of [all.createClient({ store }), all.createClient()]) {
      await failing(client.resume(direct).result(), "job_not_found");
      await failing(client.status(direct), "job_not_found");
    }
    const keys = (jobs) => jobs.map(({ handle }) => handle.id);
    assert.deepEqual(keys(await all.createClient({ store }).jobs()), [through.id]);
    assert.deepEqual(keys(await all.direct({ store }).jobs()), [direct.id]);
    assert.deepEqual(await theirs.jobs(), []);
    const forged = [{}, null, "a", { ...through, id: "../x" }, { ...through, id: "" }];
    for (const handle of forged) await failing(all.createClient().resume(handle).result(), "job_not_found");
    const nameless = { ...through, jobId: undefined };
    await failing(all.createClient().status(nameless), "job_not_found");
    const strange = { ...through, jobId: "../../healthz" };
    await failing(all.createClient().resume(strange).result(), "job_not_found");
  });

  test("videos are downloaded from the gateway, and resume after a broken connection", async () => {
    const client = all.createClient();
    const { videos } = await client.generate(TEXT);
    const whole = await bytesOf(all.createClient(), videos[0]);
    const ranges = [];
    let requests = 0;
    const fetch = async (url, init) => {
      ranges.push(new Headers(init.headers).get("range"));
      const answer = await globalThis.fetch(url, init);
      return requests++ === 0 ? torn(answer, 1_000) : answer;
    };
    const again = await bytesOf(all.createClient({ fetch }), videos[0]);
    assert.deepEqual(again, whole);
    assert.deepEqual(ranges, [null, "bytes=1000-"]);
  });

  test("an expired URL is renewed by `status`", async () => {
    const store = memoryStore();
    const client = all.createClient({ store });
    const { handle, videos } = await client.generate(TEXT);
    const stale = { ...videos[0], url: videos[0].url.replace(/expires=\d+/, "expires=1") };
    await assert.rejects(bytesOf(client, stale));
    const { record, revision } = await store.get(handle.id);
    record.outcome.videos[0] = { ...stale, expiresAt: Date.now() - 1 };
    await store.put(handle.id, record, revision);
    const { outcome } = await client.status(handle);
    assert.ok((await bytesOf(client, outcome.videos[0])).length > 0);
    assert.deepEqual((await client.jobs())[0].outcome.videos, outcome.videos);
  });

  test("ten concurrent jobs: a few by events, the others by polling, and all end", async () => {
    const calls = between();
    const client = all.createClient({ fetch: calls.fetch });
    const results = await Promise.all(Array.from({ length: 10 }, () => client.generate(TEXT)));
    assert.equal(new Set(results.map(({ handle }) => handle.jobId)).size, 10);
    assert.ok(calls.seen.filter(isLook).length > 0);
  });
});

test("the gateway is killed and restarted: the job continues", { timeout: 300_000 }, async (t) => {
  const { createClient, server, sim } = await gateway(t, { sim: { jobDurationMs: 600_000 } });
  const job = await createClient().submit(TEXT);
  await server.kill();
  await server.restart();
  await waitFor(async () => (await sim.ledger()).submissions.length > 0);
  await sim.control("advance", { ms: 600_000 });
  assert.equal((await job.result()).videos.length, 1);
});

/** The provider has it: before that a cancel keeps it from being sent at all. */
async function taken(job) {
  for await (const { status } of job) if (status === "queued" || status === "running") return;
}

function leaving() {
  const controller = new AbortController();
  return { signal: controller.signal, abort: () => controller.abort() };
}

/** The answer, broken off after so many bytes. */
async function cut(on, length) {
  return torn(await on(), length);
}

function torn(answer, length) {
  const reader = answer.body.getReader();
  let left = length;
  const body = new ReadableStream({
    async pull(controller) {
      const { done, value } = left > 0 ? await reader.read() : { done: false };
      if (done) return controller.close();
      if (left > 0) return controller.enqueue(value.subarray(0, left)), (left -= value.length);
      await reader.cancel();
      // What was read before is delivered: an error alone would take it along.
      controller.error(new TypeError("terminated"));
    },
  }, { highWaterMark: 0 });
  return new Response(body, { status: answer.status, headers: answer.headers });
}

async function bytesOf(client, video) {
  const pieces = [];
  const sink = new WritableStream({ write: (piece) => void pieces.push(piece) });
  await client.download(video, sink);
  return Buffer.concat(pieces);
}
