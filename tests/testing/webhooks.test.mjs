// Webhooks of the simulated providers, handed to a function in place of a server.
import assert from "node:assert/strict";
import { execFile } from "node:child_process";
import { createServer } from "node:http";
import { test } from "node:test";
import { promisify } from "node:util";
import { createFilmgate } from "../../pkg/dist/index.js";
import { createSimulator } from "../../pkg/dist/testing/index.js";

const REQUEST = { model: "wan-2.6", prompt: "A lighthouse", duration: 5, resolution: "720p" };
const HOOK = { url: "https://shop.example/hook", secret: "a long text that nobody knows" };

for (const provider of ["runpod", "runware"]) {
  test(`${provider}: a route's handler receives the webhook, and filmgate verifies it`, async () => {
    const received = [];
    const handler = async (request) => {
      const { secret } = HOOK;
      const body = await request.text();
      const event = await client.verifyWebhook({ url: request.url, body, secret });
      received.push([request.method, request.headers.get("content-type"), event.status]);
      await client.handleWebhook(event);
      return new Response(null, { status: 200 });
    };
    const simulator = createSimulator({ jobDurationMs: 300, onWebhook: handler });
    const client = createFilmgate(simulator.options);
    const { handle } = await client.generate(REQUEST, { provider, webhook: HOOK });
    assert.equal(handle.provider, provider);
    assert.deepEqual(received, [["POST", "application/json", "completed"]]);
    simulator.close();
  });
}

const LONGER_THAN_ANY_TEST_MS = 3_600_000;

/** A submit whose webhook goes to `onWebhook`. */
async function submit(onWebhook, jobDurationMs = 100) {
  const simulator = createSimulator({ jobDurationMs, onWebhook });
  const input = { prompt: "A fox", image: "https://example.com/fox.png", duration: 4 };
  const answer = await simulator.fetch("https://api.runpod.ai/v2/sora-2-pro-i2v/run", {
    method: "POST",
    headers: { authorization: "Bearer any" },
    body: JSON.stringify({ input, webhook: HOOK.url }),
  });
  return { simulator, ...(await answer.json()) };
}

function soon() {
  let done;
  const promise = new Promise((resolve) => (done = resolve));
  return { promise, done };
}

test("a rejected delivery is sent three times, ten seconds apart", async (t) => {
  t.mock.timers.enable({ apis: ["setTimeout", "Date"], now: 1_800_000_000_000 });
  const at = [];
  const refusals = [
    () => new Response(null, { status: 500 }),
    () => Promise.reject(new Error("no")),
    () => {
      throw new Error("never");
    },
  ];
  const begun = Date.now();
  const { simulator } = await submit(() => {
    at.push(Date.now() - begun);
    return refusals[at.length - 1]();
  });
  for (let tick = 0; tick < 600; tick++) {
    t.mock.timers.tick(100);
    await new Promise(setImmediate);
  }
  assert.deepEqual(at, [100, 10_100, 20_100]);
  simulator.close();
});

test("advancing the clock delivers at once", async () => {
  const { promise, done } = soon();
  const { simulator, id } = await submit(async (request) => {
    done(await request.json());
    return new Response();
  }, LONGER_THAN_ANY_TEST_MS);
  simulator.advance(LONGER_THAN_ANY_TEST_MS);
  const body = await promise;
  assert.deepEqual([body.id, body.status], [id, "COMPLETED"]);
  simulator.close();
});

test("the real fetch delivers to a server", async (t) => {
  const { promise, done } = soon();
  const listener = createServer(async (request, response) => {
    done(JSON.parse(Buffer.concat(await request.toArray())));
    response.end();
  });
  await new Promise((listening) => listener.listen(0, "127.0.0.1", listening));
  t.after(() => {
    listener.close();
    listener.closeAllConnections();
  });
  const { port } = listener.address();
  const local = ({ method, headers, body }) =>
    fetch(`http://127.0.0.1:${port}/`, { method, headers, body, duplex: "half" });
  const { simulator, id } = await submit(local);
  assert.equal((await promise).id, id);
  simulator.close();
});

test("a closed simulator delivers nothing", async (t) => {
  t.mock.timers.enable({ apis: ["setTimeout", "Date"], now: 1_800_000_000_000 });
  let count = 0;
  const { simulator } = await submit(() => {
    count += 1;
    return new Response();
  });
  simulator.close();
  t.mock.timers.tick(60_000);
  await new Promise(setImmediate);
  assert.equal(count, 0);
});

test("a process stays alive for a due webhook, and ends once it is accepted", async () => {
  const script = `
    import { createSimulator } from ${JSON.stringify(import.meta.resolve("../../pkg/dist/testing/index.js"))};
    const { fetch } = createSimulator({ jobDurationMs: 100, onWebhook: () => (console.log("taken"), new Response()) });
    await fetch("https://api.runpod.ai/v2/sora-2-pro-i2v/run", {
      method: "POST",
      headers: { authorization: "Bearer any" },
      body: JSON.stringify({
        input: { prompt: "A fox", image: "https://example.com/fox.png", duration: 4 },
        webhook: "https://shop.example/hook",
      }),
    });`;
  const args = ["--input-type=module", "--eval", script];
  const { stdout } = await promisify(execFile)(process.execPath, args);
  assert.equal(stdout, "taken\n");
});
