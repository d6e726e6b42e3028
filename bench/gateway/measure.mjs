// Measures the gateway and the forwarder in the same engine, with the same simulated provider.
import { randomUUID } from "node:crypto";
import { setTimeout as sleep } from "node:timers/promises";
import { startGateway } from "../../scripts/lib/gateway.mjs";
import { startSimulator } from "../../scripts/lib/simulator.mjs";
import { median } from "../lib/median.mjs";
import { CONNECTIONS, firstEvents, load } from "./load.mjs";

const FORWARDER = "bench/gateway/forwarder/wrangler.jsonc";
const OBJECT = "bench/gateway/object/wrangler.jsonc";
const REQUEST = { model: "wan-2.6", prompt: "A fox looks for a lantern", seconds: "5", size: "1280x720" };
/** No job ends during the measurement. */
const RUN_MS = 3_600_000;
const ROUNDS = 3;
const CREATE_ROUNDS = 5;
const SECONDS = 5;
const LIMITS = { CREATE_LIMITER: 10_000_000, READ_LIMITER: 10_000_000 };
const WARM_UP_COUNT = 100;
const CREATE_COUNT = 600;
const STREAMS = 2000;

/**
 * For each kind below, `{ gateway, forwarder, baseline? }`: the median round; for creates `object`, too. `startBaseline` starts
 * another gateway.
 */
export async function measure(say, startBaseline) {
  const starts = {
    gateway: (simulator) => startGateway({ simulator, limits: LIMITS }),
    ...(startBaseline && { baseline: (simulator) => startBaseline({ simulator, limits: LIMITS }) }),
    forwarder: withoutKeys(FORWARDER),
  };
  const found = await reads(say, starts);
  say(`create: ${CREATE_ROUNDS} rounds of each`);
  return { ...found, create: await creates({ ...starts, object: withoutKeys(OBJECT) }) };
}

/** What is asked of servers that run side by side. */
async function reads(say, starts) {
  const simulator = await startSimulator({ args: ["--job-duration-ms", "300"] });
  const servers = await mapValues(starts, (start) => start(simulator));
  try {
    const keys = await mapValues(servers, keyOf);
    const open = () => mapValues(servers, (server, name) => side(server, keys[name]));
    const ended = await open();
    await Promise.all(Object.values(ended).map(haveEnded));
    const runs = { method: "POST", body: JSON.stringify({ jobDurationMs: RUN_MS }) };
    await fetch(`${simulator.origin}/control/config`, runs);
    const found = {};
    const round = async (kind, sides) => {
      say(`${kind}: ${ROUNDS} rounds of each`);
      found[kind] = await rounds(sides, KINDS[kind] ?? KINDS.status);
    };
    await round("ended", ended);
    const running = await open();
    await round("status", running);
    await round("events", running);
    const { forwarder: _, ...gateways } = running;
    // Quotes and duplicates: nothing is stored, sent or started.
    await round("quote", gateways);
    await round("again", gateways);
    return found;
  } finally {
    for (const each of [...Object.values(servers), simulator]) await each.stop();
  }
}

/** Each round has new servers, one after another: the jobs of earlier rounds, and of other servers, would be polled in it. */
async function creates(starts) {
  const seen = Object.fromEntries(Object.keys(starts).map((name) => [name, []]));
  for (let round = 0; round < CREATE_ROUNDS; round += 1) {
    for (const [name, start] of Object.entries(starts)) {
      const simulator = await startSimulator({ args: ["--job-duration-ms", String(RUN_MS)] });
      const server = await start(simulator);
      try {
        const headers = headersOf(await keyOf(server));
        const calls = () => post("/v1/videos", headers);
        await load(server, { amount: WARM_UP_COUNT, calls });
        seen[name].push(await load(server, { amount: CREATE_COUNT, calls }));
      } finally {
        for (const each of [server, simulator]) await each.stop();
      }
    }
  }
  return mapValues(seen, median);
}

/** One after the other. */
async function mapValues(object, map) {
  const mapped = {};
  for (const [name, value] of Object.entries(object)) mapped[name] = await map(value, name);
  return mapped;
}

/** A worker that looks at no key. */
const withoutKeys = (config) => async (simulator) => ({
  ...(await startGateway({ simulator, config })),
  createKey: async () => ({ apiKey: "any" }),
});

const keyOf = async (server) => (await server.createKey()).apiKey;

const headersOf = (apiKey) => ({ authorization: `Bearer ${apiKey}`, "content-type": "application/json" });

/** A server and a job for each connection. */
async function side(server, apiKey) {
  const headers = headersOf(apiKey);
  const create = async () => {
    const init = { method: "POST", headers, body: JSON.stringify(REQUEST) };
    const response = await fetch(`${server.url}/v1/videos`, init);
    if (!response.ok) throw new Error(`create: ${response.status} ${await response.text()}`);
    return (await response.json()).id;
  };
  const ids = await Promise.all(Array.from({ length: CONNECTIONS }, create));
  const path = (connection) => `/v1/videos/${ids[connection % ids.length]}`;
  return { server, headers, path };
}

async function haveEnded({ server, headers, path }) {
  for (let at = 0; at < CONNECTIONS; at += 1) {
    for (let isEnd = false; !isEnd; await sleep(100)) {
      const response = await fetch(server.url + path(at), { headers });
      isEnd = /^completed$/i.test((await response.json()).status);
    }
  }
}

const post = (path, headers) => ({ method: "POST", path, headers, body: JSON.stringify(REQUEST) });

const KINDS = {
  status: ({ server, headers, path }) =>
    load(server, { seconds: SECONDS, calls: (index) => ({ path: path(index), headers }) }),
  events: ({ server, headers, path }) =>
    firstEvents(server, { amount: STREAMS, headers, path: (index) => `${path(index)}/events` }),
  quote: ({ server, headers }) =>
    load(server, { seconds: SECONDS, calls: () => post("/v1/quotes", headers) }),
  again: ({ server, headers }) => {
    const keys = Array.from({ length: CONNECTIONS }, () => randomUUID());
    const calls = (index) => post("/v1/videos", { ...headers, "idempotency-key": keys[index] });
    return load(server, { seconds: SECONDS, calls });
  },
};

/** Alternating, so that both see the same load of the machine; the first round of each is a warm-up. */
async function rounds(sides, kind) {
  const seen = Object.fromEntries(Object.keys(sides).map((name) => [name, []]));
  for (let round = 0; round <= ROUNDS; round += 1) {
    for (const [name, each] of Object.entries(sides)) {
      const measured = await kind(each);
      if (round > 0) seen[name].push(measured);
    }
  }
  return Object.fromEntries(Object.entries(seen).map(([name, list]) => [name, median(list)]));
}
