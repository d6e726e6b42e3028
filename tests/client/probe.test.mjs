// Whether a listing is still sold: free questions, with and without a key.
import assert from "node:assert/strict";
import { describe, test } from "node:test";
import { createFilmgate } from "../../pkg/dist/index.js";
import { createClient, counting, failing, simulator } from "./support.mjs";

const URLS = (sim) => ({ runpod: { baseURL: sim.runpod }, runware: { baseURL: sim.runware } });

/** The status of each listing, by provider and id. */
const statuses = (results) =>
  Object.fromEntries(results.map(({ provider, providerModelId, status }) => [`${provider}:${providerModelId}`, status]));

const GONE = ["runpod:no-such-endpoint", "runware:no:such@1"];

/** A client without keys: `baseURL` alone stands for a proxy that has them, so that RunPod is asked by a `fetch`. */
function keyless(sim, seen) {
  const fetch = (request) => {
    const { pathname, origin } = new URL(request.url);
    assert.equal(request.headers.get("authorization"), null);
    assert.equal(origin, "https://api.runpod.ai");
    return seen.fetch(new Request(sim.runpod + pathname.replace("/v2", ""), request));
  };
  return createFilmgate({ fetch });
}

describe("probe", { concurrency: true }, () => {
  test("with keys, every listing of the catalog is live, and nothing is submitted or billed", async (t) => {
    const sim = await simulator(t);
    const client = createClient(sim);
    const results = await client.probe();
    const all = client.models().flatMap(({ listings }) => listings);
    assert.equal(results.length, all.length);
    assert.deepEqual(results.filter(({ status }) => status !== "live"), []);
    const { submissions, charges } = await sim.ledger();
    assert.deepEqual([submissions, charges], [[], []]);
  });

  test("with keys, an endpoint and a model that do not exist are gone", async (t) => {
    const sim = await simulator(t);
    const results = await createClient(sim).probe({ models: GONE });
    assert.deepEqual(statuses(results), { [GONE[0]]: "gone", [GONE[1]]: "gone" });
  });

  test("it costs nothing even if Runware ignores the header", async (t) => {
    const sim = await simulator(t);
    await sim.faults({ operation: "submit", times: 100, fault: { kind: "ignoreDryRun" } });
    const results = await createClient(sim).probe();
    assert.deepEqual(results.filter(({ status }) => status !== "live"), []);
    assert.deepEqual((await sim.ledger()).charges, []);
    assert.ok((await sim.ledger()).submissions.every(({ outcome }) => outcome === "rejected"));
  });

  test("without a key, RunPod's listings are known, and Runware's are not", async (t) => {
    const sim = await simulator(t);
    const seen = counting();
    const results = await keyless(sim, seen).probe({ models: ["wan-2.6", ...GONE] });
    const { "runpod:no-such-endpoint": gone, ...others } = statuses(results);
    assert.equal(gone, "gone");
    for (const [id, status] of Object.entries(others)) {
      assert.equal(status, id.startsWith("runpod") ? "live" : "unknown", id);
    }
    assert.match(results.find(({ provider }) => provider === "runware").reason, /Set `runware.apiKey`/);
    assert.ok(seen.seen.every(({ method, path }) => method === "GET" && path.endsWith("/health")));
  });

  const ODD = {
    "an overloaded provider": () => new Response("busy", { status: 503 }),
    "no response": () => Promise.reject(new TypeError("fetch failed")),
    "a rejected key": () => Response.json({ errors: [{ code: "invalidApiKey", parameter: "apiKey" }] }, { status: 401 }),
  };
  for (const [name, fetch] of Object.entries(ODD)) {
    test(`a response that says nothing leaves it unknown, with the reason: ${name}`, async (t) => {
      const sim = await simulator(t);
      const client = createClient(sim, { fetch: async () => fetch() });
      const results = await client.probe({ models: ["sora-2-pro"] });
      const runware = results.find(({ provider }) => provider === "runware");
      assert.equal(runware.status, "unknown");
      assert.ok(runware.reason.length > 20);
    });
  }

  test("an unknown model is an error before anything is sent, and an abort rejects", async (t) => {
    const sim = await simulator(t);
    const seen = counting();
    const client = createClient(sim, { fetch: seen.fetch });
    await failing(client.probe({ models: ["no-such-model"] }), "invalid_request");
    assert.deepEqual(seen.seen, []);
    await assert.rejects(client.probe({ signal: AbortSignal.abort(new Error("stop")) }), /stop/);
  });

  test("a client of a gateway cannot ask", async () => {
    const gateway = { url: "https://gateway.example", apiKey: "fgw_x" };
    const results = await createFilmgate({ gateway }).probe({ models: ["sora-2-pro"] });
    assert.ok(results.length > 0 && results.every(({ status, reason }) => status === "unknown" && reason));
  });
});
