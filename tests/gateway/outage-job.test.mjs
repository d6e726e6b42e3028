// A provider that is away for a while: no order is lost, none is sent twice, and none has to be resolved by hand.
import assert from "node:assert/strict";
import { test } from "node:test";
import { ACCOUNT, KEY_ID, openJobs, OWNER, PROVIDERS, waitFor } from "./job/jobs.mjs";

const VARS = { PROVIDER_PROBE_SECONDS: "0.2" };
const ERRORS = { "HTTP 503": { kind: "error", status: 503 }, resets: { kind: "resetBefore" }, "a proxy's page": { kind: "html", status: 502 } };

/** Everything of the provider fails from now on, until `end` is called. */
async function outage(jobs, provider, fault, operations = [undefined]) {
  const rules = operations.map((operation) => ({ provider, ...(operation && { operation }), times: 1_000_000, fault }));
  await jobs.control("faults", rules);
  return () => jobs.control("faults", []);
}

/** Longer than any test: the simulated clock is advanced instead. */
const LONG_MS = 600_000;

const accepted = async (jobs) => (await jobs.ledger()).submissions.filter(({ outcome }) => outcome === "accepted");
const sleep = (ms) => new Promise((resolve) => setTimeout(resolve, ms));
const isWaiting = (video) => video.filmgate.waiting?.reason === "provider_unreachable";
const state = (jobs, provider) => jobs.call(`PROVIDER_HEALTH/${provider}/state`);

for (const provider of PROVIDERS) {
  for (const [name, fault] of Object.entries(ERRORS)) {
    test(`${provider}: twenty orders wait while it responds with ${name}, and all are generated`, async (t) => {
      const jobs = await openJobs(t, { vars: VARS });
      const end = await outage(jobs, provider, fault);
      const jobIds = await Promise.all(Array.from({ length: 20 }, () => jobs.create(provider)));
      for (const jobId of jobIds) {
        const { status, filmgate } = await jobs.until(jobId, isWaiting);
        assert.deepEqual([status, filmgate.status, filmgate.waiting.provider], ["queued", "submitting", provider]);
        assert.equal(filmgate.billing, undefined);
      }
      const { state: now, waitingJobs, since } = await state(jobs, provider);
      assert.deepEqual([now, waitingJobs], ["down", 20]);
      assert.ok(since <= Date.now());
      assert.deepEqual((await jobs.ledger()).submissions, []);
      await sleep(1000);
      await end();
      for (const jobId of jobIds) assert.equal((await jobs.until(jobId, "completed")).filmgate.waiting, undefined);
      assert.equal((await accepted(jobs)).length, 20);
      assert.equal((await jobs.ledger()).charges.length, 20);
      await waitFor(async () => (await jobs.books()).open.length === 0);
      assert.equal((await state(jobs, provider)).state, "up");
    });
  }
}

test("orders that wait survive a restart, and are submitted once", async (t) => {
  const jobs = await openJobs(t, { vars: VARS });
  const end = await outage(jobs, "runpod", ERRORS["HTTP 503"]);
  const jobIds = await Promise.all(Array.from({ length: 5 }, () => jobs.create("runpod")));
  for (const jobId of jobIds) await jobs.until(jobId, isWaiting);
  await jobs.gateway.restart();
  assert.equal((await state(jobs, "runpod")).state, "down");
  await sleep(1000);
  assert.deepEqual((await jobs.ledger()).submissions, []);
  await end();
  await jobs.gateway.restart();
  for (const jobId of jobIds) await jobs.until(jobId, "completed");
  assert.equal((await jobs.ledger()).submissions.length, 5);
});

test("an order that waits is cancelled and deleted, and never sent", async (t) => {
  const jobs = await openJobs(t, { vars: VARS });
  const end = await outage(jobs, "runpod", ERRORS.resets);
  const jobId = await jobs.create("runpod");
  await jobs.until(jobId, isWaiting);
  assert.equal((await jobs.job(jobId, "delete", OWNER)).error.code, "job_not_finished");
  const { cancellation } = await jobs.job(jobId, "cancel", OWNER);
  assert.deepEqual(cancellation, { result: "cancelled", charge: "none" });
  const { status, filmgate } = await jobs.read(jobId);
  assert.deepEqual([status, filmgate.billing, filmgate.waiting], ["failed", { kind: "not_charged" }, undefined]);
  assert.equal(await jobs.job(jobId, "delete", OWNER), true);
  await end();
  await jobs.until(await jobs.create("runpod"), "completed");
  assert.equal((await jobs.ledger()).submissions.length, 1);
  assert.equal((await jobs.books()).reservedMicroUsd, 0);
});

test("the cheapest order goes to the other provider, within the reserved amount", async (t) => {
  const jobs = await openJobs(t, { vars: VARS });
  const first = (await jobs.until(await jobs.create("cheapest"), "completed")).filmgate.handle.provider;
  const other = PROVIDERS.find((provider) => provider !== first);
  await outage(jobs, first, ERRORS["HTTP 503"]);
  const video = await jobs.until(await jobs.create("cheapest"), "completed");
  assert.equal(video.filmgate.handle.provider, other);
  assert.equal(video.filmgate.waiting, undefined);
  const listed = await jobs.until(await jobs.create([first, other]), "completed");
  assert.equal(listed.filmgate.handle.provider, other);
  assert.equal((await accepted(jobs)).length, 3);
});

test("a burst of orders goes to their first provider, although it takes one after the other at first", async (t) => {
  const jobs = await openJobs(t);
  for (const provider of PROVIDERS) {
    const other = PROVIDERS.find((one) => one !== provider);
    const jobIds = await Promise.all(Array.from({ length: 8 }, () => jobs.create([provider, other])));
    for (const jobId of jobIds) assert.equal((await jobs.until(jobId, "completed")).filmgate.handle.provider, provider);
  }
  assert.equal((await accepted(jobs)).length, 16);
});

test("an order that waits for others' submits comes next without polling, and is cancelled at once", async (t) => {
  const jobs = await openJobs(t);
  await jobs.fault({ provider: "runpod", operation: "submit", times: 1, fault: { kind: "latency", ms: 20_000 } });
  const first = await jobs.create("runpod");
  await waitFor(async () => (await jobs.ledger()).submissions.length === 1);
  const [second, third] = [await jobs.create("runpod"), await jobs.create("runpod")];
  await waitFor(async () => (await state(jobs, "runpod")).waitingJobs === 2);
  assert.deepEqual((await jobs.job(second, "cancel", OWNER)).cancellation, { result: "cancelled", charge: "none" });
  assert.equal((await jobs.read(first)).filmgate.status, "submitting", "the cancel does not wait for the submit of another job");
  for (const jobId of [first, third]) await jobs.until(jobId, "completed");
  assert.equal((await jobs.read(second)).status, "failed");
  assert.equal((await jobs.ledger()).submissions.length, 2);
  // The place of the cancelled one is free again.
  await jobs.until(await jobs.create("runpod"), "completed");
  assert.deepEqual(await state(jobs, "runpod"), { state: "up", waitingJobs: 0 });
});

test("the cheapest order waits if the other provider costs more than is reserved", async (t) => {
  const jobs = await openJobs(t, { vars: VARS });
  const request = { model: "vidu-q3", prompt: "A fox in the snow", duration: 4, resolution: "720p" };
  const seen = await jobs.until(await jobs.create("cheapest", { request }), "completed");
  const { provider: first, quote } = seen.filmgate.handle;
  const other = PROVIDERS.find((provider) => provider !== first);
  const elsewhere = await jobs.until(await jobs.create(other, { request }), "completed");
  assert.ok(elsewhere.filmgate.handle.quote.max > quote.max, "the test needs two prices");
  const end = await outage(jobs, first, ERRORS.resets);
  const jobId = await jobs.create("cheapest", { request, reservedMicroUsd: quote.max });
  assert.equal((await jobs.until(jobId, isWaiting)).filmgate.waiting.provider, first);
  await sleep(1500);
  assert.equal((await jobs.read(jobId)).status, "queued");
  await end();
  assert.equal((await jobs.until(jobId, "completed")).filmgate.handle.provider, first);
});

test("with both providers away the cheapest order waits, and takes the first that is back", async (t) => {
  const jobs = await openJobs(t, { vars: VARS });
  const first = (await jobs.until(await jobs.create("cheapest"), "completed")).filmgate.handle.provider;
  const other = PROVIDERS.find((provider) => provider !== first);
  const rule = (provider) => ({ provider, times: 1_000_000, fault: ERRORS.resets });
  await jobs.control("faults", PROVIDERS.map(rule));
  const jobId = await jobs.create("cheapest");
  await jobs.until(jobId, isWaiting);
  await jobs.control("faults", [rule(first)]);
  assert.equal((await jobs.until(jobId, "completed")).filmgate.handle.provider, other);
});

test("a provider that answers polls and fails at submits gets few orders, and all once it is back", async (t) => {
  const jobs = await openJobs(t, { vars: { PROVIDER_PROBE_SECONDS: "1", RECONCILE_WINDOW_MINUTES: "0.05" } });
  const end = await outage(jobs, "runpod", ERRORS["HTTP 503"], ["submit"]);
  const jobIds = await Promise.all(Array.from({ length: 20 }, () => jobs.create("runpod")));
  await waitFor(async () => (await state(jobs, "runpod")).state === "down");
  await sleep(5000);
  const sent = await waitFor(async () => {
    const { length } = (await jobs.ledger()).submissions;
    return length >= 2 && length;
  });
  assert.ok(sent <= 4, `${sent} were sent`);
  await end();
  const videos = await Promise.all(jobIds.map((id) => jobs.until(id, ({ status }) => ["completed", "failed"].includes(status))));
  const lost = videos.filter(({ status }) => status === "failed");
  assert.ok(lost.length <= 5 && lost.every(({ error }) => error.code === "submission_unknown"), `${lost.length} were lost`);
  // None of them is sent again.
  assert.equal((await jobs.ledger()).submissions.length, 20);
  assert.equal((await accepted(jobs)).length, 20 - lost.length);
});

const ANSWERS = {
  "a rejected API key": { operation: "submit", fault: { kind: "empty401" } },
  "a rate limit": { operation: "submit", fault: { kind: "rateLimit", retryAfter: 1 } },
  "a request that is rejected": { operation: "submit", fault: { kind: "error", status: 400 } },
};

test("what a provider answers does not open the breaker", async (t) => {
  const jobs = await openJobs(t, { vars: VARS });
  for (const provider of PROVIDERS) {
    for (const rule of Object.values(ANSWERS)) {
      await jobs.fault({ provider, times: 1, ...rule });
      await jobs.create(provider);
      await jobs.until(await jobs.create(provider), "completed");
    }
    for (const directive of ["[fail]", "[moderated]"]) {
      const request = { prompt: `${directive} A fox in the snow` };
      await jobs.until(await jobs.create(provider, { request }), "failed");
    }
    assert.equal((await state(jobs, provider)).state, "up");
  }
  assert.doesNotMatch(jobs.gateway.logs(), /provider_unreachable/);
});

test("a failing poll of a job does not open the breaker", async (t) => {
  const jobs = await openJobs(t, { vars: VARS, jobDurationMs: LONG_MS });
  for (const provider of PROVIDERS) {
    const jobId = await jobs.create(provider);
    // The question that comes before a submit is a poll for the provider: it is over by now.
    await jobs.until(jobId, (video) => video.filmgate.handle.acceptedAt);
    await jobs.fault({ provider, operation: "poll", times: 1, fault: { kind: "error", status: 503 } });
    await jobs.control("advance", { ms: LONG_MS });
    await jobs.until(jobId, "completed");
    assert.equal((await state(jobs, provider)).state, "up");
  }
  assert.doesNotMatch(jobs.gateway.logs(), /provider_unreachable/);
});

test("a withdrawn API key holds no order back: each is rejected, and not charged", async (t) => {
  const jobs = await openJobs(t, { vars: VARS });
  await jobs.control("faults", [{ provider: "runpod", times: 1_000_000, fault: { kind: "empty401" } }]);
  const jobIds = await Promise.all(Array.from({ length: 4 }, () => jobs.create("runpod")));
  for (const jobId of jobIds) {
    const { error, filmgate } = await jobs.until(jobId, "failed");
    assert.deepEqual([error.code, filmgate.billing], ["unauthorized", { kind: "not_charged" }]);
  }
  assert.equal((await state(jobs, "runpod")).state, "up");
});

test("a running job says that its provider does not answer, and goes on", async (t) => {
  const jobs = await openJobs(t, { vars: VARS, jobDurationMs: LONG_MS });
  const jobId = await jobs.create("runpod");
  await jobs.until(jobId, (video) => video.filmgate.handle.jobId);
  const end = await outage(jobs, "runpod", ERRORS["HTTP 503"]);
  assert.equal((await jobs.until(jobId, isWaiting)).filmgate.waiting.provider, "runpod");
  await end();
  await jobs.control("advance", { ms: LONG_MS });
  assert.equal((await jobs.until(jobId, "completed")).filmgate.waiting, undefined);
});

test("an order that waits is not sent once its API key was revoked, has expired or lost its scope, and is not charged", async (t) => {
  const jobs = await openJobs(t, { vars: VARS });
  const end = await outage(jobs, "runpod", ERRORS["HTTP 503"]);
  // A fresh order is not checked again.
  const waiting = async () => {
    const jobId = await jobs.create("runpod", { createdAt: Date.now() - 11_000 });
    await jobs.until(jobId, isWaiting);
    return jobId;
  };
  const account = (method, ...args) => jobs.call(`ACCOUNTS/${ACCOUNT}/${method}`, KEY_ID, ...args);
  const endings = [
    () => account("changeKey", { expiresAt: Date.now() }),
    () => account("changeKey", { scopes: ["read"] }),
    () => account("revokeKey", Date.now()),
  ];
  for (const endKey of endings) {
    const jobId = await waiting();
    await endKey();
    const { error, filmgate } = await jobs.until(jobId, "failed");
    assert.deepEqual([error.code, filmgate.billing, filmgate.waiting], ["cancelled", { kind: "not_charged" }, undefined]);
    await account("changeKey", { expiresAt: null, scopes: ["create", "read"] });
  }
  await end();
  assert.deepEqual((await jobs.ledger()).submissions, []);
  await waitFor(async () => (await jobs.books()).reservedMicroUsd === 0);
});

test("an order that waits is sent although its API key was rotated and its overlap has ended", async (t) => {
  const jobs = await openJobs(t, { vars: VARS });
  const end = await outage(jobs, "runpod", ERRORS["HTTP 503"]);
  const jobId = await jobs.create("runpod", { createdAt: Date.now() - 11_000 });
  await jobs.until(jobId, isWaiting);
  const rotation = { id: `${KEY_ID}-next`, hash: "b".repeat(64), createdAt: Date.now(), oldExpiresAt: Date.now() };
  await jobs.call(`ACCOUNTS/${ACCOUNT}/rotateKey`, KEY_ID, rotation);
  await end();
  await jobs.until(jobId, "completed");
});

test("after a day in the queue an order has failed, and nothing was sent or charged", async (t) => {
  const jobs = await openJobs(t, { vars: VARS });
  await outage(jobs, "runpod", ERRORS["HTTP 503"]);
  const jobId = await jobs.create("runpod");
  await jobs.until(jobId, isWaiting);
  await jobs.job(jobId, "wake", 24 * 3_600_000);
  const { error, filmgate } = await jobs.until(jobId, "failed");
  assert.equal(error.code, "connection_error");
  assert.match(error.message, /Nothing was sent/);
  assert.deepEqual(filmgate.billing, { kind: "not_charged" });
  assert.deepEqual((await jobs.ledger()).submissions, []);
});
