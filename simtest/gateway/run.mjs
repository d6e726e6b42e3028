// Runs many concurrent jobs through the gateway while faults hit the providers and workerd is killed. Collects the state
// of each side; checker.mjs compares them.
import { createHash } from "node:crypto";
import { setTimeout as sleep } from "node:timers/promises";
import { startGateway } from "../../scripts/lib/gateway.mjs";
import { startSimulator } from "../../scripts/lib/simulator.mjs";
import { createClient } from "./load-generator.mjs";
import { hexOf, isUnknown, requestOf } from "./requests.mjs";
import { startFaultProxy } from "./fault-proxy.mjs";

/** A job that has not ended after this never will. */
const TIMEOUT_MS = 20 * 60_000;
/** How often progress is logged. */
const PROGRESS_MS = 30_000;
/** After an accepted webhook the gateway polls the provider, which may fail a few times. */
const AFTER_WEBHOOK_MS = 2 * 60_000;
/** An unknown charge is assumed after this, if there are outages: nothing stays pending. A late webhook comes before. */
const UNKNOWN_CHARGES_MINUTES = 2;
const UNLIMITED = { CREATE_LIMITER: 1_000_000, READ_LIMITER: 1_000_000 };

/**
 * Returns the evidence. `faults` configures the simulated providers, whose jobs take `jobDurationMs`; an unknown submit
 * fails after `reconcileWindowMinutes`; `log` receives progress. With `outageMs`, each provider is away for so long, one
 * after the other, while jobs are created; it is asked every `probeSeconds`, and unknown charges are assumed to be charged
 * after `unknownMinutes`.
 */
export async function run(settings) {
  const { jobs, keys, faults, jobDurationMs = 15_000, reconcileWindowMinutes = 1, log = () => {} } = settings;
  const { outageMs = 0, probeSeconds = 5, unknownMinutes = UNKNOWN_CHARGES_MINUTES } = settings;
  const hasPolicy = outageMs > 0;
  const simulator = await startSimulator({ args: ["--job-duration-ms", String(jobDurationMs)] });
  const proxy = await startFaultProxy(simulator);
  const gateway = await startGateway({
    simulator: proxy,
    limits: UNLIMITED,
    vars: {
      PUBLIC_URL: proxy.origin,
      TRUSTED_ORIGINS: `${proxy.origin},${simulator.origin}`,
      RECONCILE_WINDOW_MINUTES: String(reconcileWindowMinutes),
      PROVIDER_PROBE_SECONDS: String(probeSeconds),
      ...(hasPolicy && { UNKNOWN_CHARGES: `submission_unknown=charged@${unknownMinutes}m` }),
    },
  });
  proxy.setGateway(gateway.url);
  try {
    const control = controlOf(simulator);
    const accounts = await openAccounts(gateway, keys, jobs);
    await control("faults", faults);
    const result = await generateAll(gateway, accounts, { log, proxy, ...settings });
    await control("faults", []);
    log("all have ended; collecting the state of each side");
    await revisit(result.requests, jobDurationMs, proxy.webhookJobs);
    if (hasPolicy) await untilDecided(result.requests, unknownMinutes * 60_000);
    const ledger = await control("ledger");
    const videos = await hashes(proxy.videos);
    await simulator.stop();
    await proxy.stop();
    // The providers are stopped: what the gateway still serves is archived.
    const archived = await archivedBy(result.requests);
    const usage = await usageOf(gateway);
    const { submissions, webhookJobs } = proxy;
    const state = { ledger, videos, archived, usage, submissions, webhookJobs };
    return { ...result, accounts, ...state, hasPolicy, logs: gateway.logs() };
  } finally {
    await gateway.stop();
    await proxy.stop();
    await simulator.stop();
  }
}

/** API keys with enough budget, except one with half of it, and one with a limit of concurrent jobs. */
async function openAccounts(gateway, count, jobs) {
  const each = Math.ceil(jobs / count);
  const limits = (index) => {
    if (index === 0) return { dailyBudgetUsd: Math.ceil(each * 0.3) };
    if (index === 1) return { maxConcurrentJobs: Math.max(2, Math.ceil(each / 2)) };
    return { dailyBudgetUsd: 2 * each, monthlyBudgetUsd: 20 * each };
  };
  const open = async (_, index) => {
    const { accountId: id, apiKey } = await gateway.createKey({ name: `account ${index}`, ...limits(index) });
    return { id, apiKey, limits: limits(index) };
  };
  return Promise.all(Array.from({ length: count }, open));
}

/** Creates all jobs at once and waits for every end; kills workerd during the creates, and again during generation. */
async function generateAll(gateway, accounts, { jobs, kills, timeoutMs = TIMEOUT_MS, log, proxy, outageMs = 0 }) {
  const tally = {};
  const since = performance.now();
  const requests = Array.from({ length: jobs }, (_, number) => {
    const account = accounts[number % accounts.length];
    return { number, account, body: requestOf(number), client: createClient(gateway, account.apiKey, tally) };
  });
  let created = 0;
  let ended = 0;
  const generate = async (request) => {
    const start = performance.now();
    Object.assign(request, await request.client.create(request.body));
    request.createMs = performance.now() - start;
    created += 1;
    if (request.id) request.video = await request.client.ended(request.id, since + timeoutMs);
    ended += 1;
  };
  const all = Promise.all(requests.map(generate));
  const outages = outageMs > 0 ? sufferOutages(proxy, outageMs, () => created >= jobs * 0.2, log) : undefined;
  const moments = [() => created >= jobs * 0.3, () => ended >= jobs * 0.3, () => ended >= jobs * 0.6];
  for (const isTime of moments.slice(0, kills)) {
    while (!isTime()) await Promise.race([sleep(50), all]);
    log(`killing workerd: ${created} creates answered, ${ended} jobs ended`);
    await gateway.kill();
    await sleep(1000);
    await gateway.restart();
  }
  const progress = setInterval(() => log(`${ended} of ${jobs} have ended`), PROGRESS_MS);
  await all.finally(() => clearInterval(progress));
  await outages;
  return { requests, tally, ms: performance.now() - since };
}

/** Each provider is away for a while, one after the other. */
async function sufferOutages(proxy, ms, isTime, log) {
  while (!isTime()) await sleep(20);
  for (const provider of ["runpod", "runware"]) {
    log(`${provider} is away for ${ms / 1000} s`);
    proxy.setAway(provider, true);
    await sleep(ms);
    proxy.setAway(provider, false);
  }
}

/** The policy decides on every unknown charge. */
async function untilDecided(requests, ms) {
  const until = performance.now() + ms + AFTER_WEBHOOK_MS;
  const isOpen = ({ video }) => video?.filmgate.billing?.kind === "pending";
  for (const request of requests.filter(isOpen)) {
    while (isOpen(request) && performance.now() < until) {
      await sleep(500);
      request.video = await request.client.ended(request.id, until);
    }
  }
}

/** A late webhook may have recovered an unknown submit; by then no job runs any more. */
async function revisit(requests, jobDurationMs, webhookJobs) {
  await sleep(jobDurationMs + 5000);
  const until = performance.now() + AFTER_WEBHOOK_MS;
  const read = async (request) => {
    request.video = await request.client.ended(request.id, until);
  };
  const visit = async (request) => {
    await read(request);
    // The gateway has accepted the webhook, and polls the provider.
    while (isUnknown(request) && webhookJobs.has(hexOf(request)) && performance.now() < until) {
      await sleep(500);
      await read(request);
    }
  };
  await Promise.all(requests.filter(isUnknown).map(visit));
}

/** SHA-256 and length of each video at the provider, by the provider's id of its job. */
async function hashes(videos) {
  const found = new Map();
  for (const [id, url] of videos) {
    const response = await fetch(url);
    if (response.ok) found.set(id, digestOf(Buffer.from(await response.arrayBuffer())));
  }
  return found;
}

/** The same of what the gateway serves, by the job's public id. */
async function archivedBy(requests) {
  const archived = new Map();
  for (const { id, video, client } of requests) {
    if (video?.status !== "completed") continue;
    const { status, body } = await client.content(id);
    if (status === 200) archived.set(id, digestOf(body));
  }
  return archived;
}

const digestOf = (body) => `${createHash("sha256").update(body).digest("hex")} ${body.length}`;

async function usageOf({ url, adminToken }) {
  const headers = { authorization: `Bearer ${adminToken}` };
  const response = await fetch(`${url}/admin/api/usage`, { headers });
  if (!response.ok) throw new Error(`usage: ${response.status} ${await response.text()}`);
  return response.json();
}

const controlOf = ({ origin }) => async (path, body) => {
  const method = body === undefined ? "GET" : "POST";
  const response = await fetch(`${origin}/control/${path}`, { method, body: JSON.stringify(body) });
  if (!response.ok) throw new Error(`control/${path}: ${response.status} ${await response.text()}`);
  return response.json();
};
