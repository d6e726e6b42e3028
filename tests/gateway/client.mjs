// What the tests of the client's third way share: a gateway beside simulated providers, and clients of both.
import assert from "node:assert/strict";
import { createFilmgate } from "../../pkg/dist/index.js";
import { startGateway } from "../../scripts/lib/gateway.mjs";
import { simulator } from "../client/support.mjs";
import { ALONE } from "./api.mjs";

export * from "../client/support.mjs";

/** Many more calls a minute than a test makes. */
const RATE_LIMITS = { CREATE_LIMITER: 100_000, READ_LIMITER: 100_000 };

/** A whole PNG of one pixel. */
export const PICTURE = Uint8Array.from(
  atob(
    "iVBORw0KGgoAAAANSUhEUgAAAAEAAAABCAYAAAAfFcSJAAAADUlEQVR42mNk+M9QDwADhgGAWjR9awAAAABJRU5ErkJggg==",
  ),
  (letter) => letter.charCodeAt(0),
);

/** A gateway of the simulated providers, with an API key; all of it is stopped with the test. */
export async function gateway(t, { sim: config = {}, limits, ...options } = {}) {
  const sim = await simulator(t, config);
  const server = await startGateway({ simulator: sim, limits: RATE_LIMITS, ...options });
  t.after(server.stop);
  const { apiKey, id } = await server.createKey(limits);
  const settings = { url: server.url, apiKey };
  return {
    ...{ sim, server, apiKey, id, settings },
    createClient: (more = {}) => createFilmgate({ gateway: settings, fetch: alone, ...more }),
    direct: (more = {}) => createFilmgate({ ...sim.settings, ...more }),
    /** A call of the gateway's own API. */
    async call(path, init = {}) {
      const headers = { authorization: `Bearer ${apiKey}`, ...init.headers };
      return alone(`${server.url}${path}`, { ...init, headers });
    },
    /** How many jobs the gateway has of the API key. */
    async count() {
      const answer = await alone(`${server.url}/v1/videos?limit=100`, {
        headers: { authorization: `Bearer ${apiKey}` },
      });
      assert.ok(answer.ok);
      return (await answer.json()).data.length;
    },
  };
}

/** A fetch on a connection of its own: a call that is lost with one that workerd ends would be made, and counted, again. */
export function alone(input, init) {
  const request = new Request(input, init);
  request.headers.set("connection", ALONE.connection);
  return fetch(request);
}

/** A fetch that hands each request of the client's to `change`, with the way on; and counts them. */
export function between(change) {
  const seen = [];
  const fetched = async (request) => {
    const { method, url, headers } = request;
    const { pathname } = new URL(url);
    const body = method === "POST" ? await request.clone().text() : "";
    const call = { method, path: pathname, key: headers.get("idempotency-key"), body, request };
    seen.push(call);
    return change ? change(call, () => alone(request)) : alone(request);
  };
  return { fetch: fetched, seen, orders: () => seen.filter(({ key }) => key) };
}
