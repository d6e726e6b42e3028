// The faults that make other providers of the AI SDK pay again or lose a video: here each ends in one paid
// job with its video, or in an error that says what became of it.
import assert from "node:assert/strict";
import { describe, test } from "node:test";
import { APICallError, MODEL, PROVIDERS, WAYS } from "./support.mjs";
import { callOf, isVideo, paidOnce, provider, simulator, thrown } from "./support.mjs";

const rule = (operation, times, kind, fields) => ({ operation, times, fault: { kind, ...fields } });

const HARMLESS = {
  "503 on polls": rule("poll", 2, "error", { status: 503 }),
  "429 on a poll": rule("poll", 1, "rateLimit", { retryAfter: 1 }),
  "a reset on a poll": rule("poll", 1, "resetBefore"),
  "broken JSON on a poll": rule("poll", 1, "truncated"),
  "a proxy's page on a poll": rule("poll", 1, "html"),
  "429 on the submit": rule("submit", 1, "rateLimit", { retryAfter: 1 }),
};

/** Faults that Runware can reconcile by polling, and RunPod cannot. */
const LOST = {
  "a reset after acceptance": rule("submit", 1, "resetAfter"),
  "broken JSON on the submit": rule("submit", 1, "truncated"),
  "500 after acceptance": rule("submit", 1, "error", { status: 500, after: true }),
};

const generated = (sim, generate, id, more) => generate(callOf(id, provider(sim).video(MODEL), more));

// Most of the time is spent in pauses.
describe("faults", { concurrency: 24 }, () => {
  for (const { name, generate } of WAYS) {
    for (const [what, fault] of Object.entries(HARMLESS)) {
      for (const id of PROVIDERS) {
        test(`${name}, ${id}, ${what}: one paid job and its video`, async (t) => {
          const sim = await simulator(t);
          await sim.faults(fault);
          const { video } = await generated(sim, generate, id);
          isVideo(video);
          await paidOnce(sim);
        });
      }
    }

    for (const [what, fault] of Object.entries(LOST)) {
      test(`${name}, runware, ${what}: is reconciled by polling, one paid job and its video`, async (t) => {
        const sim = await simulator(t);
        await sim.faults(fault);
        const { video } = await generated(sim, generate, "runware");
        isVideo(video);
        await paidOnce(sim);
      });

      test(`${name}, runpod, ${what}: is unknown, with the handle, and never repeated`, async (t) => {
        const sim = await simulator(t);
        await sim.faults(fault);
        const error = await thrown(generated(sim, generate, "runpod"));
        assert.ok(APICallError.isInstance(error));
        assert.deepEqual(
          [error.name, error.code, error.charge, error.isRetryable],
          ["FilmgateError", "submission_unknown", "unknown", false],
        );
        assert.equal(error.handle.provider, "runpod");
        assert.equal((await sim.ledger()).submissions.length, 1);
      });
    }

    for (const id of PROVIDERS) {
      test(`${name}, ${id}, a failed generation: rejects with the handle, and is not repeated`, async (t) => {
        const sim = await simulator(t);
        const filmgate = provider(sim);
        const call = callOf(id, filmgate.video(MODEL));
        const prompt = "[fail]";
        const error = await thrown(
          generate({
            ...call,
            prompt: call.prompt.image ? { ...call.prompt, text: prompt } : prompt,
          }),
        );
        assert.equal(error.code, "generation_failed");
        assert.equal(error.isRetryable, false);
        assert.ok(error.handle.acceptedAt);
        assert.equal((await sim.ledger()).submissions.length, 1);
      });

      test(`${name}, ${id}, a wrong key: rejects at once, nothing billed`, async (t) => {
        const sim = await simulator(t);
        const settings = { [id]: { ...sim.settings[id], apiKey: "bad-key" } };
        const { video } = provider(sim, settings);
        const error = await thrown(generate(callOf(id, video(MODEL))));
        assert.deepEqual([error.code, error.charge], ["unauthorized", "none"]);
        assert.deepEqual((await sim.ledger()).charges, []);
      });

      test(`${name}, ${id}, a busy provider: is retried by the AI SDK, since the job was not accepted`, async (t) => {
        const sim = await simulator(t);
        // As often as filmgate itself tries, and once more.
        await sim.faults(rule("submit", 6, "rateLimit", { retryAfter: 1 }));
        const { video } = await generated(sim, generate, id);
        isVideo(video);
        await paidOnce(sim);
      });
    }
  }
});
