// The gateway and the forwarder beside each other, in the same engine, before the same simulated provider.
import { startGateway } from "../../scripts/lib/gateway.mjs";
import { startSimulator } from "../../scripts/lib/simulator.mjs";
import { median } from "../speed/median.mjs";
import { CONNECTIONS, firstEvents, load } from "./load.mjs";

const FORWARDER = "bench/gateway/forwarder/wrangler.jsonc";
const ORDER = { model: "wan-2.6", prompt: "A fox looks for a lantern", seconds: "5", size: "1280x720" };
/** No job ends while it is measured. */
const RUN_MS = 3_600_000;
const ROUNDS = 3;
const SECONDS = 5;
const CREATES = 400;
const STREAMS = 2000;

/** `{ status, events, create, quote }`, each `{ gateway, forwarder }`: the median round. */
export async function measure(say) {
  const simulator = await startSimulator({ args: ["--run-ms", String(RUN_MS)] });
  const limits = { CREATES: 10_000_000, READS: 10_000_000 };
  const gateway = await startGateway({ simulator, limits });
  const forwarder = await startGateway({ simulator, config: FORWARDER });
  try {
    const { token } = await gateway.token();
    const sides = { gateway: await side(gateway, token), forwarder: await side(forwarder, token) };
    const found = {};
    for (const what of ["status", "events", "create"]) {
      say(`${what}: ${ROUNDS} rounds of each`);
      found[what] = await rounds(sides, KINDS[what]);
    }
    // A create without all that is stored and sent.
    found.quote = await rounds({ gateway: sides.gateway }, KINDS.quote);
    return found;
  } finally {
    for (const { stop } of [gateway, forwarder, simulator]) await stop();
  }
}

/** A server and a job for each connection, which is queued or runs as long as it is measured. */
async function side(server, token) {
  const headers = { authorization: `Bearer ${token}`, "content-type": "application/json" };
  const create = async () => {
    const init = { method: "POST", headers, body: JSON.stringify(ORDER) };
    const answer = await fetch(`${server.url}/v1/videos`, init);
    if (!answer.ok) throw new Error(`create: ${answer.status} ${await answer.text()}`);
    return (await answer.json()).id;
  };
  const ids = await Promise.all(Array.from({ length: CONNECTIONS }, create));
  const path = (connection) => `/v1/videos/${ids[connection % ids.length]}`;
  return { server, headers, path };
}

const KINDS = {
  status: ({ server, headers, path }) =>
    load(server, { seconds: SECONDS, calls: (index) => ({ path: path(index), headers }) }),
  events: ({ server, headers, path }) =>
    firstEvents(server, { amount: STREAMS, headers, path: (index) => `${path(index)}/events` }),
  create: ({ server, headers }) =>
    load(server, {
      amount: CREATES,
      calls: () => ({ method: "POST", path: "/v1/videos", headers, body: JSON.stringify(ORDER) }),
    }),
  quote: ({ server, headers }) =>
    load(server, {
      seconds: SECONDS,
      calls: () => ({ method: "POST", path: "/v1/quotes", headers, body: JSON.stringify(ORDER) }),
    }),
};

/** Round about, so that neither has the quieter machine; the first of each is for warming up. */
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
