// A runtime may send a POST again by itself. RunPod would make two videos of a submit: its body can be read once, and
// where that is not possible it is refused before anything is sent.
import assert from "node:assert/strict";
import { once } from "node:events";
import { createServer } from "node:http";
import { test } from "node:test";
import { createFilmgate } from "../../pkg/dist/index.js";
import { BOTH, KEY, TEXT, createClient, failing, simulator } from "./support.mjs";

/** A RunPod over HTTP/1.1 that reads a submit and then ends it in that way. */
async function provider(t, end) {
  const submits = [];
  const server = createServer(async (request, response) => {
    let body = "";
    for await (const piece of request) body += piece;
    if (!request.url.endsWith("/run")) return response.end('{"id":"job-1","status":"IN_QUEUE"}');
    submits.push({ body, headers: request.headers });
    end(response);
  });
  await new Promise((resolve) => server.listen(0, "127.0.0.1", resolve));
  t.after(() => (server.closeAllConnections(), server.close()));
  const origin = `http://127.0.0.1:${server.address().port}`;
  // The connection was used before.
  await (await fetch(`${origin}/status/any`)).text();
  return { submits, baseURL: `${origin}/v2` };
}

const ENDS = {
  "421": (response) => response.writeHead(421).end("{}"),
  "a connection that is dropped": (response) => response.socket.destroy(),
  "a connection that is reset": (response) => response.socket.resetAndDestroy(),
};
for (const [name, end] of Object.entries(ENDS)) {
  test(`a submit that meets ${name} leaves once, with its whole body`, async (t) => {
    const { submits, baseURL } = await provider(t, end);
    const client = createFilmgate({ runpod: { apiKey: KEY, baseURL } });
    const error = await failing(client.submit(BOTH, { provider: "runpod" }), "submission_unknown");
    assert.equal(error.charge, "unknown");
    assert.equal(submits.length, 1);
    assert.equal(JSON.parse(submits[0].body).input.prompt, BOTH.prompt);
    assert.equal(submits[0].headers["content-type"], "application/json");
  });
}

test("also through a custom fetch, which may read it once", async (t) => {
  const { submits, baseURL } = await provider(t, ENDS[421]);
  const client = createFilmgate({ runpod: { apiKey: KEY, baseURL }, fetch: (request) => fetch(request) });
  await failing(client.submit(BOTH, { provider: "runpod" }), "submission_unknown");
  assert.equal(submits.length, 1);
});

test("Runware's submit may arrive twice, and has an ordinary body", async (t) => {
  const sim = await simulator(t);
  const lengths = [];
  const count = (request) => (lengths.push(request.duplex !== undefined && request.body !== null), fetch(request));
  await createClient(sim, { fetch: count }).generate(TEXT);
  assert.equal((await sim.ledger()).submissions.length, 1);
});

test("a caller may accept the risk: the body is ordinary", async (t) => {
  const { submits, baseURL } = await provider(t, (response) => response.end('{"id":"job-1","status":"IN_QUEUE"}'));
  const client = createFilmgate({ runpod: { apiKey: KEY, baseURL, acceptResendRisk: true } });
  await client.start(BOTH, { provider: "runpod" });
  assert.ok(Number(submits[0].headers["content-length"]) > 0);
});

test("a connection that is refused sends nothing, and costs nothing", async () => {
  const server = createServer().listen(0, "127.0.0.1");
  await once(server, "listening");
  const baseURL = `http://127.0.0.1:${server.address().port}/v2`;
  server.close();
  const client = createFilmgate({ runpod: { apiKey: KEY, baseURL } });
  const error = await failing(client.submit(BOTH, { provider: "runpod" }), "connection_error");
  assert.equal(error.charge, "none");
});

/** Makes this process look like a browser for the time of the test. */
function browser(t, { streams = true } = {}) {
  const replaced = { navigator: { onLine: true }, process: undefined };
  if (!streams) {
    const { Request } = globalThis;
    const textOf = (body) => (body instanceof ReadableStream ? String(body) : body);
    // As in Firefox: a stream becomes text, and nobody reads `duplex`.
    replaced.Request = class extends Request {
      constructor(input, init) {
        super(input, init && { method: init.method, headers: init.headers, body: textOf(init.body), signal: init.signal });
      }
    };
  }
  for (const [name, value] of Object.entries(replaced)) {
    const before = Object.getOwnPropertyDescriptor(globalThis, name);
    Object.defineProperty(globalThis, name, { value, configurable: true, writable: true });
    t.after(() => (before ? Object.defineProperty(globalThis, name, before) : delete globalThis[name]));
  }
}

const BROWSERS = {
  "over http": { baseURL: "http://proxy.example/v2" },
  "without request streams": { baseURL: "https://proxy.example/v2", streams: false },
};
for (const [name, { baseURL, streams }] of Object.entries(BROWSERS)) {
  test(`a browser ${name} refuses a submit to RunPod before it is stored`, async (t) => {
    browser(t, { streams });
    const fetch_ = () => assert.fail("it was sent");
    const client = createFilmgate({ runpod: { apiKey: KEY, baseURL }, fetch: fetch_ });
    for (const call of ["submit", "start", "generate"]) {
      const error = await failing(client[call](BOTH, { provider: "runpod" }), "invalid_request");
      assert.deepEqual([error.charge, error.retryable, error.provider], ["none", false, "runpod"]);
      assert.deepEqual(error.issues.map(({ path, code }) => [path, code]), [["runpod.acceptResendRisk", "required"]]);
      assert.match(error.message, /gateway.*https and HTTP\/2.*acceptResendRisk/);
    }
    assert.deepEqual(await client.jobs(), []);
  });

  test(`a browser ${name} still submits to Runware, and to RunPod if the caller accepts the risk`, async (t) => {
    const sent = [];
    const answer = async (request) => {
      sent.push(new URL(request.url).hostname);
      return new Response('{"id":"job-1","status":"IN_QUEUE"}');
    };
    browser(t, { streams });
    const runpod = { apiKey: KEY, baseURL };
    const runware = { apiKey: KEY, baseURL: "https://runware.example/v1" };
    const client = createFilmgate({ runpod, runware, fetch: answer, requestTimeoutMs: 300 });
    await client.start(BOTH, { timeoutMs: 300 }).catch(() => {});
    assert.deepEqual([...new Set(sent)], ["runware.example"]);
    sent.length = 0;
    await createFilmgate({ runpod: { ...runpod, acceptResendRisk: true }, fetch: answer }).start(BOTH);
    assert.deepEqual(sent, ["proxy.example"]);
  });
}

test("a browser over https that can stream submits to RunPod", async (t) => {
  browser(t);
  const bodies = [];
  const answer = async (request) => {
    bodies.push(await request.text());
    return new Response('{"id":"job-1","status":"IN_QUEUE"}');
  };
  await createFilmgate({ runpod: { apiKey: KEY }, fetch: answer }).start(BOTH, { provider: "runpod" });
  assert.equal(JSON.parse(bodies[0]).input.prompt, BOTH.prompt);
});
