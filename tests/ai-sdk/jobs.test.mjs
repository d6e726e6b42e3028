// Jobs that are no longer awaited, several jobs of one call, and a repeated call.
import assert from "node:assert/strict";
import { describe, test } from "node:test";
import { memoryStore } from "../../pkg/dist/index.js";
import { MODEL, PROVIDERS, WAYS, callOf, isVideo, paidOnce, waitFor } from "./support.mjs";
import {
  generateVideo,
  getVideoStatus,
  provider,
  simulator,
  startVideo,
  thrown,
} from "./support.mjs";

const LONG = { jobDurationMs: 600_000 };
const submissionCount = (sim) =>
  sim
    .ledger()
    .then(({ submissions }) => submissions.filter(({ outcome }) => outcome === "accepted").length);

/** Polls until it has ended. */
const completed = (model, operation) =>
  waitFor(async () => {
    const status = await getVideoStatus(model, { operation });
    return status.status === "completed" && status;
  });

describe("jobs", { concurrency: 12 }, () => {
  for (const id of PROVIDERS) {
    test(`${id}: started here, polled elsewhere with only the operation's JSON`, async (t) => {
      const sim = await simulator(t);
      const started = await startVideo(callOf(id, provider(sim).video(MODEL)));
      const { operation, providerMetadata } = JSON.parse(JSON.stringify(started));
      assert.deepEqual(operation, providerMetadata.filmgate.handle);
      const { videos, providerMetadata: status } = await completed(
        provider(sim).video(MODEL),
        operation,
      );
      assert.equal(videos[0].type, "url");
      assert.equal(status.filmgate.costUsd, 1.2);
      await paidOnce(sim);
    });

    test(`${id}: a running job is pending, and reports its progress`, async (t) => {
      const sim = await simulator(t, { ...LONG, queueShare: 0 });
      const model = provider(sim).video(MODEL);
      const { operation } = await startVideo(callOf(id, model));
      const { status, providerMetadata } = await getVideoStatus(model, { operation });
      assert.equal(status, "pending");
      const { etaMs, handle, status: job } = providerMetadata.filmgate;
      assert.ok(etaMs > 0);
      assert.equal(job, "running");
      assert.equal(handle.id, operation.id);
    });

    test(`${id}: a failed status check is repeated alone, and rejects with the handle`, async (t) => {
      const sim = await simulator(t, LONG);
      const model = provider(sim).video(MODEL);
      const { operation } = await startVideo(callOf(id, model));
      const outage = { operation: "poll", times: 1000, fault: { kind: "error", status: 503 } };
      await sim.faults(outage);
      const error = await thrown(getVideoStatus(model, { operation, maxRetries: 0 }));
      assert.deepEqual(
        [error.code, error.isRetryable, error.charge],
        ["invalid_response", true, "unknown"],
      );
      assert.equal(error.handle.id, operation.id);
      const twice = await thrown(getVideoStatus(model, { operation, maxRetries: 1 }));
      assert.equal(twice.lastError.handle.id, operation.id);
      assert.equal(await submissionCount(sim), 1);
    });

    test(`${id}: what ends badly rejects for good, with the handle`, async (t) => {
      const sim = await simulator(t);
      const model = provider(sim).video(MODEL);
      const call = callOf(id, model);
      const prompt = call.prompt.image ? { ...call.prompt, text: "[fail]" } : "[fail]";
      const { operation } = await startVideo({ ...call, prompt });
      const error = await waitFor(() =>
        getVideoStatus(model, { operation }).then(
          ({ status }) => assert.equal(status, "pending"),
          (error) => error,
        ),
      );
      assert.deepEqual([error.code, error.isRetryable], ["generation_failed", false]);
      assert.equal(error.handle.id, operation.id);
    });

    test(`${id}: our own time limit keeps the handle`, async (t) => {
      const sim = await simulator(t, { jobDurationMs: 600_000 });
      const filmgate = provider(sim, { timeoutMs: 5_000 });
      const error = await thrown(generateVideo(callOf(id, filmgate.video(MODEL))));
      assert.deepEqual([error.code, error.isRetryable], ["timeout", false]);
      await sim.control("advance", { ms: 600_000 });
      const { videos } = await completed(provider(sim).video(MODEL), error.handle);
      assert.equal(videos.length, 1);
      await paidOnce(sim);
    });

    test(`${id}: the AI SDK's own time limit knows no job, but \`onSubmitted\` and the store do`, async (t) => {
      const sim = await simulator(t, { jobDurationMs: 600_000 });
      const jobs = [];
      const filmgate = provider(sim, { onSubmitted: (handle) => void jobs.push(handle) });
      const poll = { intervalMs: 50, timeoutMs: 5_000 };
      const error = await thrown(generateVideo({ ...callOf(id, filmgate.video(MODEL)), poll }));
      assert.equal(error.message, "Video generation timed out after 5000ms.");
      const [{ handle }] = await filmgate.client.jobs({ pending: true });
      assert.equal(handle.id, jobs[0].id);
      await sim.control("advance", { ms: 600_000 });
      await completed(filmgate.video(MODEL), jobs[0]);
      await paidOnce(sim);
    });

    for (const { name, generate } of WAYS) {
      test(`${name}, ${id}: an abort rejects with its reason, and the job continues`, async (t) => {
        const sim = await simulator(t, LONG);
        const controller = new AbortController();
        const jobs = [];
        const filmgate = provider(sim, {
          onSubmitted: (handle) => {
            jobs.push(handle);
            setTimeout(() => controller.abort(new DOMException("enough", "AbortError")), 200);
          },
        });
        const call = callOf(id, filmgate.video(MODEL), { abortSignal: controller.signal });
        const error = await thrown(generate(call));
        // Between two polls `ai` 7 throws an error of its own.
        assert.equal(error.name, "AbortError");
        const status = await getVideoStatus(provider(sim).video(MODEL), { operation: jobs[0] });
        assert.equal(status.status, "pending");
        assert.equal(await submissionCount(sim), 1);
      });

      test(`${name}, ${id}: three videos, and all of them succeed`, async (t) => {
        const sim = await simulator(t);
        const call = callOf(id, provider(sim).video(MODEL), { n: 3 });
        const { videos, providerMetadata } = await generate(call);
        assert.equal(videos.length, 3);
        videos.forEach(isVideo);
        const { costUsd, handles, videos: facts } = providerMetadata.filmgate;
        assert.equal(costUsd, 3.6);
        assert.equal(facts.length, 3);
        // RunPod makes one at a time.
        assert.equal(handles.length, id === "runpod" ? 3 : 1);
        assert.equal((await sim.ledger()).totalMicroUsd, 3_600_000);
      });

      test(`${name}, ${id}: two of three videos succeed, and the third is a warning`, async (t) => {
        const sim = await simulator(t);
        const call = callOf(id, provider(sim).video(MODEL), { n: 3 });
        if (id === "runware") call.prompt = "A lighthouse [partial]";
        // One of three submits is refused.
        else
          await sim.faults({ operation: "submit", skip: 2, fault: { kind: "error", status: 400 } });
        const { videos, warnings } = await generate(call);
        assert.equal(videos.length, 2);
        assert.equal(warnings.filter(({ message }) => /A video failed/.test(message)).length, 1);
      });
    }
  }

  test("more videos than a listing makes at once are several jobs, within one limit", async (t) => {
    const sim = await simulator(t);
    const call = callOf("runware", provider(sim).video(MODEL), { n: 6 });
    const { providerMetadata, videos } = await generateVideo(call);
    assert.equal(videos.length, 6);
    assert.deepEqual(
      providerMetadata.filmgate.handles.map(({ n }) => n),
      [4, 2],
    );
    const costs = (maxCostUsd) =>
      callOf("runware", provider(sim).video(MODEL), { n: 6, providerOptions: { maxCostUsd } });
    const error = await thrown(generateVideo(costs(7.1)));
    assert.equal(error.code, "budget_exceeded");
    assert.equal((await generateVideo(costs(7.2))).videos.length, 6);
  });

  test("a call is not repeated if one of its submits may have been billed", async (t) => {
    const sim = await simulator(t);
    const busy = (times) => ({
      operation: "submit",
      times,
      fault: { kind: "rateLimit", retryAfter: 1 },
    });
    // The first submit is rejected, and the second one's response is lost.
    await sim.faults(busy(1), { operation: "submit", fault: { kind: "resetAfter" } }, busy(4));
    const call = callOf("runpod", provider(sim).video(MODEL), { n: 2 });
    const error = await thrown(generateVideo(call));
    assert.deepEqual([error.code, error.charge], ["submission_unknown", "unknown"]);
    assert.equal(error.isRetryable, false);
    assert.equal(error.handles.length, 2);
    assert.equal(await submissionCount(sim), 1);
  });

  test("the metadata has the handle of a job that failed", async (t) => {
    const sim = await simulator(t);
    await sim.faults({ operation: "submit", fault: { kind: "resetAfter" } });
    const call = callOf("runpod", provider(sim).video(MODEL), { n: 2 });
    const { videos, providerMetadata } = await generateVideo(call);
    assert.equal(videos.length, 1);
    const [{ code, charge, handle }] = providerMetadata.filmgate.errors;
    assert.deepEqual([code, charge], ["submission_unknown", "unknown"]);
    assert.notEqual(handle.id, providerMetadata.filmgate.handle.id);
  });

  test("an `onSubmitted` that fails loses no video", async (t) => {
    const sim = await simulator(t);
    const onSubmitted = () => Promise.reject(new Error("the database is away"));
    const filmgate = provider(sim, { onSubmitted });
    const { video, warnings } = await generateVideo(callOf("runware", filmgate.video(MODEL)));
    isVideo(video);
    assert.ok(warnings.some(({ message }) => /`onSubmitted` threw/.test(message)));
  });

  for (const id of PROVIDERS) {
    test(`${id}: one idempotency key is one job, wherever the store is shared`, async (t) => {
      const sim = await simulator(t);
      const store = memoryStore();
      const headers = { "Idempotency-Key": "order 4711" };
      const start = () =>
        startVideo(callOf(id, provider(sim, { store }).video(MODEL), { headers }));
      const [first, again] = [await start(), await start()];
      assert.deepEqual(again.operation, first.operation);
      assert.match(first.operation.id, /^[0-9a-f]{8}-[0-9a-f]{4}-4[0-9a-f]{3}-[89ab][0-9a-f]{3}-/);
      assert.ok(again.warnings.some(({ message }) => /idempotency key/.test(message)));
      assert.ok(!first.warnings.some(({ message }) => /idempotency key/.test(message)));
      assert.equal(await submissionCount(sim), 1);
      const other = { "idempotency-key": "order 4712" };
      await startVideo(callOf(id, provider(sim, { store }).video(MODEL), { headers: other }));
      assert.equal(await submissionCount(sim), 2);
    });
  }

  test("runware: the taskUUID is made from the key, so that a second start finds the first one's job", async (t) => {
    const sim = await simulator(t, LONG);
    const headers = { "idempotency-key": "order 4711" };
    const start = () => startVideo(callOf("runware", provider(sim).video(MODEL), { headers }));
    const [first, again] = [await start(), await start()];
    assert.equal(again.operation.jobId, first.operation.jobId);
    assert.equal(await submissionCount(sim), 1);
  });

  test("an invalid operation finds no job", async (t) => {
    const sim = await simulator(t);
    for (const operation of [null, "x", 7, {}, { handles: [] }, { handles: [{}] }]) {
      const error = await thrown(getVideoStatus(provider(sim).video(MODEL), { operation }));
      assert.equal(error.code, "job_not_found", JSON.stringify(operation));
    }
  });
});
