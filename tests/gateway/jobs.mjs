// A job's object in workerd beside the simulated providers, without the API before it.
import assert from "node:assert/strict";
import { startGateway } from "../../scripts/lib/gateway.mjs";
import { startSimulator } from "../../scripts/lib/simulator.mjs";

export const OWNER = "ab".repeat(32);
export const REQUESTS = {
  runpod: { model: "wan-2.6", prompt: "A fox in the snow", duration: 5, resolution: "720p" },
  runware: { model: "wan-2.6", prompt: "A fox in the snow", duration: 5, resolution: "720p" },
};

/** `{ sim, gateway, call, order, begin, read, until }`, gone with the test. */
export async function jobs(t, { vars = {}, runMs = 300, token = {} } = {}) {
  const simulator = await startSimulator({ args: ["--run-ms", String(runMs)] });
  t.after(() => simulator.stop());
  const entry = "tests/gateway/fixtures/job-worker.ts";
  const gateway = await startGateway({ simulator, vars, entry });
  t.after(() => gateway.stop());

  const call = async (path, ...args) => {
    const body = JSON.stringify(args);
    const answer = await fetch(`${gateway.url}/${path}`, { method: "POST", body });
    assert.equal(answer.status, 200, `${path}: ${answer.status}`);
    return answer.json();
  };
  const control = async (name, body) => {
    const init = body && { method: "POST", body: JSON.stringify(body) };
    const answer = await fetch(`${simulator.origin}/control/${name}`, init);
    const text = await answer.text();
    assert.ok(answer.ok, text);
    return text ? JSON.parse(text) : undefined;
  };
  const facts = { id: "tok_abababababab", hash: OWNER, name: "test", createdAt: 1, ...token };
  await call(`accounts/${OWNER}/open`, facts);

  const order = (provider, { request, ...more } = {}) => ({
    owner: OWNER,
    request: { ...REQUESTS[provider], ...request },
    provider,
    reservedMicroUsd: 2_000_000,
    seconds: "5",
    size: "1280x720",
    origin: gateway.url,
    uploads: [],
    createdAt: Date.now(),
    ...more,
  });
  /** Admits and begins a job; its id. */
  const begin = async (ordered) => {
    const jobId = await call("new");
    const { model } = ordered.request;
    const { reservedMicroUsd } = ordered;
    const admission = { jobId, model, bodyHash: jobId, isRetry: false, reservedMicroUsd };
    const admitted = await call(`accounts/${OWNER}/admit`, admission);
    assert.equal(admitted.jobId, jobId, JSON.stringify(admitted));
    const begun = await call(`jobs/${jobId}/begin`, ordered);
    assert.ok(begun.video, JSON.stringify(begun));
    return jobId;
  };
  const read = async (jobId) => JSON.parse(await call(`jobs/${jobId}/read`, OWNER));
  const until = (jobId, status) =>
    waitFor(async () => {
      const video = await read(jobId);
      return [status].flat().includes(video.status) && video;
    });
  const books = () => call(`accounts/${OWNER}/report`);
  const ledger = () => control("ledger");
  return { simulator, gateway, call, control, order, begin, read, until, books, ledger };
}

export async function waitFor(look, ms = 20_000) {
  const end = Date.now() + ms;
  for (;;) {
    const found = await look();
    if (found) return found;
    if (Date.now() > end) throw new Error("It did not come.");
    await new Promise((resolve) => setTimeout(resolve, 100));
  }
}
