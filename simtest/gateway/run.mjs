// Many jobs at once through the gateway, while the providers are struck by faults and workerd is killed in the middle.
// Gathers what each side says of it; judge.mjs says whether that fits together.
import { createHash } from "node:crypto";
import { setTimeout as sleep } from "node:timers/promises";
import { startGateway } from "../../scripts/lib/gateway.mjs";
import { startSimulator } from "../../scripts/lib/simulator.mjs";
import { customer } from "./load-generator.mjs";
import { hexOf, isUnknown, order } from "./requests.mjs";
import { startRelay } from "./fault-proxy.mjs";

/** A job that has not ended after that long never will. */
const PATIENCE_MS = 20 * 60_000;
/** How often `say` hears of those that are still waited for. */
const NEWS_MS = 30_000;
/** A webhook that was taken is followed by a question to the provider, which may fail a few times. */
const HEARD_MS = 2 * 60_000;
const UNLIMITED = { CREATE_LIMITER: 1_000_000, READ_LIMITER: 1_000_000 };

/**
 * Runs it: the evidence. `faults` are what the simulated providers are told to do, a job there runs `jobDurationMs`; a submit
 * that is unknown is given up after `graceMinutes`; `say` hears of each phase.
 */
export async function run(settings) {
  const { jobs, keys, faults, jobDurationMs = 15_000, graceMinutes = 1, say = () => {} } = settings;
  const simulator = await startSimulator({ args: ["--run-ms", String(jobDurationMs)] });
  const relay = await startRelay(simulator);
  const gateway = await startGateway({
    simulator: relay,
    limits: UNLIMITED,
    vars: {
      PUBLIC_URL: relay.origin,
      TRUSTED_ORIGINS: `${relay.origin},${simulator.origin}`,
      RECONCILE_WINDOW_MINUTES: String(graceMinutes),
    },
  });
  relay.lead(gateway.url);
  try {
    const control = controlOf(simulator);
    const accounts = await openAccounts(gateway, keys, jobs);
    await control("faults", faults);
    const film = await filmAll(gateway, accounts, { say, ...settings });
    await control("faults", []);
    say("all have ended; asking what each side says");
    await revisit(film.orders, jobDurationMs, relay.heard);
    const ledger = await control("ledger");
    const films = await hashes(relay.films);
    await simulator.stop();
    await relay.stop();
    // The providers are gone: what the gateway still serves is its own.
    const kept = await keptBy(film.orders);
    const report = await reportOf(gateway);
    const { submissions, heard } = relay;
    return { ...film, accounts, ledger, films, kept, report, submissions, heard, logs: gateway.logs() };
  } finally {
    await gateway.stop();
    await relay.stop();
    await simulator.stop();
  }
}

/** Accounts with all the money they want, but one that has half of it, and one that may only have a few jobs at once. */
async function openAccounts(gateway, count, jobs) {
  const each = Math.ceil(jobs / count);
  const limits = (index) => {
    if (index === 0) return { dailyBudgetUsd: Math.ceil(each * 0.3) };
    if (index === 1) return { concurrency: Math.max(2, Math.ceil(each / 2)) };
    return { dailyBudgetUsd: 2 * each, monthlyBudgetUsd: 20 * each };
  };
  const open = async (_, index) => ({
    limits: limits(index),
    ...(await gateway.createKey({ name: `account ${index}`, ...limits(index) })),
  });
  return Promise.all(Array.from({ length: count }, open));
}

/** Orders all at once and waits for every end; kills workerd when so much has been answered, and again in the films. */
async function filmAll(gateway, accounts, { jobs, kills, patienceMs = PATIENCE_MS, say }) {
  const tally = {};
  const since = performance.now();
  const orders = Array.from({ length: jobs }, (_, number) => {
    const account = accounts[number % accounts.length];
    return { number, account, asked: order(number), customer: customer(gateway, account.apiKey, tally) };
  });
  let created = 0;
  let ended = 0;
  const film = async (order) => {
    const begun = performance.now();
    Object.assign(order, await order.customer.create(order.asked));
    order.createMs = performance.now() - begun;
    created += 1;
    if (order.id) order.video = await order.customer.ended(order.id, since + patienceMs);
    ended += 1;
  };
  const all = Promise.all(orders.map(film));
  const moments = [() => created >= jobs * 0.3, () => ended >= jobs * 0.3, () => ended >= jobs * 0.6];
  for (const isTime of moments.slice(0, kills)) {
    while (!isTime()) await Promise.race([sleep(50), all]);
    say(`killing workerd: ${created} creates answered, ${ended} jobs ended`);
    await gateway.kill();
    await sleep(1000);
    await gateway.restart();
  }
  const news = setInterval(() => say(`${ended} of ${jobs} have ended`), NEWS_MS);
  await all.finally(() => clearInterval(news));
  return { orders, tally, ms: performance.now() - since };
}

/** A late webhook may have brought back what was unknown; by then no film runs any more. */
async function revisit(orders, jobDurationMs, heard) {
  await sleep(jobDurationMs + 5000);
  const until = performance.now() + HEARD_MS;
  const look = async (order) => {
    order.video = await order.customer.ended(order.id, until);
  };
  const visit = async (order) => {
    await look(order);
    // The gateway has taken the webhook, and asks the provider.
    while (isUnknown(order) && heard.has(hexOf(order)) && performance.now() < until) {
      await sleep(500);
      await look(order);
    }
  };
  await Promise.all(orders.filter(isUnknown).map(visit));
}

/** SHA-256 and length of each film at the provider, by the provider's id of its job. */
async function hashes(films) {
  const found = new Map();
  for (const [id, address] of films) {
    const answer = await fetch(address);
    if (answer.ok) found.set(id, told(Buffer.from(await answer.arrayBuffer())));
  }
  return found;
}

/** The same of what the gateway serves, by the job's public id. */
async function keptBy(orders) {
  const kept = new Map();
  for (const { id, video, customer } of orders) {
    if (video?.status !== "completed") continue;
    const { status, body } = await customer.content(id);
    if (status === 200) kept.set(id, told(body));
  }
  return kept;
}

const told = (body) => `${createHash("sha256").update(body).digest("hex")} ${body.length}`;

async function reportOf({ url, adminToken }) {
  const headers = { authorization: `Bearer ${adminToken}` };
  const answer = await fetch(`${url}/admin/api/usage`, { headers });
  if (!answer.ok) throw new Error(`report: ${answer.status} ${await answer.text()}`);
  return answer.json();
}

const controlOf = ({ origin }) => async (path, body) => {
  const method = body === undefined ? "GET" : "POST";
  const answer = await fetch(`${origin}/control/${path}`, { method, body: JSON.stringify(body) });
  if (!answer.ok) throw new Error(`control/${path}: ${answer.status} ${await answer.text()}`);
  return answer.json();
};
