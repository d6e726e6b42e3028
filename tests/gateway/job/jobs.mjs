// Jobs in workerd beside the simulated providers, their objects called directly.
import assert from "node:assert/strict";
import { createHmac } from "node:crypto";
import { startGateway } from "../../../scripts/lib/gateway.mjs";
import { startSimulator } from "../../../scripts/lib/simulator.mjs";
import { ALONE, waitFor } from "../api.mjs";

export { waitFor };

export const ACCOUNT = "acct_abababababab";
/** Who sees its jobs. */
export const OWNER = { account: ACCOUNT };
export const KEY_ID = "key_abababababab";
export const PROVIDERS = ["runpod", "runware"];
const REQUEST = { model: "wan-2.6", prompt: "A fox in the snow", duration: 5, resolution: "720p" };

/** Simulated providers and a gateway with one account, stopped after the test. */
export async function openJobs(t, { vars = {}, jobDurationMs = 300, account = {}, trusted = [] } = {}) {
  const simulator = await startSimulator({ args: ["--job-duration-ms", String(jobDurationMs)] });
  t.after(() => simulator.stop());
  const entry = "tests/gateway/job/worker.ts";
  const TRUSTED_ORIGINS = [simulator.origin, ...trusted].join(", ");
  const gateway = await startGateway({ simulator, vars: { TRUSTED_ORIGINS, ...vars }, limits: { CREATE_LIMITER: 1e6 }, entry });
  t.after(() => gateway.stop());

  const answerTo = (path, ...args) =>
    fetch(`${gateway.url}/test/${path}`, {
      method: "POST",
      headers: ALONE,
      body: JSON.stringify(args),
    });
  const call = async (path, ...args) => {
    const answer = await answerTo(path, ...args);
    const text = await answer.text();
    assert.equal(answer.status, 200, `${path}: ${text}`);
    return JSON.parse(text);
  };
  const control = async (name, body) => {
    const init = body && { method: "POST", body: JSON.stringify(body) };
    const answer = await fetch(`${simulator.origin}/control/${name}`, init);
    const text = await answer.text();
    assert.ok(answer.ok, text);
    return text ? JSON.parse(text) : undefined;
  };
  const names = { name: "test", createdAt: 1 };
  await call(`ACCOUNTS/${ACCOUNT}/open`, { id: ACCOUNT, ...names, ...account });
  const key = { id: KEY_ID, hash: "ab".repeat(32), accountId: ACCOUNT, scopes: ["create", "read"], ...names };
  await call(`ACCOUNTS/${ACCOUNT}/addKey`, key);

  const job = (jobId, method, ...args) => call(`JOBS/${jobId}/${method}`, ...args);
  const specOf = (provider, { request, ...more } = {}) => ({
    owner: ACCOUNT,
    keyId: KEY_ID,
    request: { ...REQUEST, ...request },
    provider,
    reservedMicroUsd: 2_000_000,
    seconds: "5",
    size: "1280x720",
    origin: gateway.url,
    uploads: [],
    createdAt: Date.now(),
    ...more,
  });
  /** Reserves and creates a job; returns its id. */
  const create = async (provider, more) => {
    const spec = specOf(provider, more);
    const jobId = await call("JOBS/new");
    const { reservedMicroUsd } = spec;
    const request = { keyId: KEY_ID, jobId, model: "m", bodyHash: jobId, retryCount: 0, reservedMicroUsd };
    const reservation = await call(`ACCOUNTS/${ACCOUNT}/reserve`, request);
    assert.equal(reservation.jobId, jobId, JSON.stringify(reservation));
    const created = await job(jobId, "create", spec);
    assert.ok(created.video, JSON.stringify(created));
    return jobId;
  };
  const read = async (jobId) => JSON.parse(await job(jobId, "read", OWNER));
  const until = (jobId, look) =>
    waitFor(async () => {
      const video = await read(jobId);
      const isSo = typeof look === "function" ? look(video) : video.status === look;
      return isSo && video;
    });
  /** The day's sums, and the open jobs. */
  const books = async () => {
    const report = await call(`ACCOUNTS/${ACCOUNT}/report`);
    const [{ spentMicroUsd, reservedMicroUsd }] = report.days;
    return { spentMicroUsd, reservedMicroUsd, open: report.open };
  };
  /** A webhook URL as the gateway signs it. */
  const webhookUrlOf = async (jobId, provider, key) => {
    const { webhook } = await call("REGISTRY/registry/secrets");
    const signature = createHmac("sha256", webhook[0].value).update(`${provider}:${key}`).digest("hex");
    return `${gateway.url}/webhooks/${jobId}?filmgate=${provider}.${key}.${signature}`;
  };
  const fault = (rule) => control("fault", rule);
  /** Resolves once the rejected submit is stored. */
  const turnedAway = (jobId) =>
    waitFor(async () => (await job(jobId, "record"))?.phase === "backoff");
  const ledger = () => control("ledger");
  const files = () => call("VIDEO_BUCKET");
  /** Creates a file with that key. */
  const put = (key) => postTo(`${gateway.url}/test/put`, key);
  const test = { put, answerTo, call, control, fault, ledger, files, books, webhookUrlOf, turnedAway };
  return { simulator, gateway, ...test, job, specOf, create, read, until };
}

/** The body of a provider's webhook. */
export const webhookBody = (provider, { key, id, status = "COMPLETED" }) =>
  JSON.stringify(
    provider === "runpod"
      ? { id, status }
      : { data: [{ taskType: "videoInference", taskUUID: key, status: "success" }] },
  );

export const postTo = async (url, body) => {
  const answer = await fetch(url, { method: "POST", headers: ALONE, body });
  await answer.bytes();
  return answer.status;
};
