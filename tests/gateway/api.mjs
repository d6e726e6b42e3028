// The whole gateway in workerd beside the simulated providers, as its clients see it.
import assert from "node:assert/strict";
import { once } from "node:events";
import { createServer } from "node:http";
import { startGateway } from "../../scripts/lib/gateway.mjs";
import { startSimulator } from "../../scripts/lib/simulator.mjs";

/**
 * For a request on its own connection. workerd closes connections that were idle or busy for five seconds; a request that
 * is written at that moment receives no response.
 */
export const ALONE = { connection: "close" };

/** Tests disable the rate limits unless they test them. */
const LIMITS = { CREATE_LIMITER: 1_000_000, READ_LIMITER: 1_000_000 };

/** `{ url, origin, simulator, ledger, control, createKey, call, generate, until }`, gone with the test or the file. */
export async function gateway(t, { vars = {}, limits = LIMITS, jobDurationMs = 200, entry } = {}) {
  const simulator = await startSimulator({ args: ["--job-duration-ms", String(jobDurationMs)] });
  t.after(simulator.stop);
  const made = typeof vars === "function" ? vars(simulator) : vars;
  const started = await startGateway({ simulator, vars: made, limits, entry });
  t.after(started.stop);
  const { url } = started;

  const control = async (name, body) => {
    const init = body && { method: "POST", body: JSON.stringify(body) };
    const answer = await fetch(`${simulator.origin}/control/${name}`, init);
    assert.ok(answer.ok, `control ${name}`);
    return answer.json();
  };
  /** Sends a request; returns `{ status, headers, body }`. */
  const call = async (path, { apiKey, method, json, headers = {}, body, ...more } = {}) => {
    const answer = await fetch(url + path, {
      method: method ?? (json === undefined && body === undefined ? "GET" : "POST"),
      headers: {
        ...ALONE,
        ...(apiKey && { authorization: `Bearer ${apiKey}` }),
        ...(json !== undefined && { "content-type": "application/json" }),
        ...headers,
      },
      body: json === undefined ? body : JSON.stringify(json),
      ...more,
    });
    const text = await answer.text();
    const isJson = text && answer.headers.get("content-type") === "application/json";
    return { status: answer.status, headers: answer.headers, body: isJson ? JSON.parse(text) : text };
  };
  /** Creates an API key; `limits` as in the admin API. */
  const createKey = async (limits) => (await started.createKey(limits)).apiKey;
  const admin = (path, more) => call(`/admin/api/${path}`, { apiKey: started.adminToken, ...more });
  /** The video, once it has ended. */
  const ended = (id, apiKey) =>
    waitFor(async () => {
      const { body } = await call(`/v1/videos/${id}`, { apiKey });
      return ["completed", "failed"].includes(body.status) && body;
    });
  /** Generates a video; returns it once it is completed. */
  const generate = async (apiKey, request = { prompt: "A paper boat" }) => {
    const { status, body } = await call("/v1/videos", { apiKey, json: request });
    assert.equal(status, 200, JSON.stringify(body));
    const video = await ended(body.id, apiKey);
    assert.equal(video.status, "completed", JSON.stringify(video));
    return video;
  };
  const submissions = async () => (await control("ledger")).charges.length;
  return { ...started, simulator, control, call, admin, createKey, ended, generate, submissions };
}

/** The first truthy result of `look`. The limit only ends a test that hangs, before the runner does. */
export async function waitFor(look, limitMs = 540_000) {
  const end = Date.now() + limitMs;
  // Soon again at first. A look costs a request, which the others on a busy machine wait for.
  for (let pauseMs = 20; ; pauseMs = Math.min(pauseMs * 1.5, 200)) {
    const found = await look();
    if (found) return found;
    assert.ok(Date.now() < end, "timed out");
    await new Promise((resolve) => setTimeout(resolve, pauseMs));
  }
}

/**
 * Starts a server for the gateway to call, closed after the test; returns its origin. Only the gateway closes connections:
 * a server that closes one may do so while the next request is in flight.
 */
export async function host(t, answer) {
  const server = createServer(answer).listen(0, "127.0.0.1");
  server.keepAliveTimeout = 0;
  await once(server, "listening");
  t.after(() => {
    server.closeAllConnections();
    server.close();
  });
  return `http://127.0.0.1:${server.address().port}`;
}

/** A server that forwards requests to `target()` and records them; `{ url, calls }`. */
export async function recorder(t, target) {
  const calls = [];
  const url = await host(t, async (request, response) => {
    const pieces = [];
    for await (const piece of request) pieces.push(piece);
    const body = Buffer.concat(pieces);
    const { method, headers } = request;
    calls.push({ method, path: request.url, headers, body: body.toString() });
    const { host: _, connection: __, "content-length": ___, ...passed } = headers;
    const hasBody = method !== "GET" && method !== "HEAD";
    try {
      const answer = await fetch(target() + request.url, {
        method,
        headers: { ...passed, ...ALONE },
        ...(hasBody && { body }),
      });
      response.writeHead(answer.status, { "content-type": answer.headers.get("content-type") ?? "" });
      response.end(Buffer.from(await answer.arrayBuffer()));
    } catch {
      // The target is stopped before the gateway, which continues polling.
      response.destroy();
    }
  });
  return { url, calls };
}

/** The smallest images of each type that a decoder accepts. */
export const IMAGE_FIELDS = {
  png: Buffer.from(
    "iVBORw0KGgoAAAANSUhEUgAAAAEAAAABCAYAAAAfFcSJAAAADUlEQVR42mNk+M9QDwADhgGAWjR9awAAAABJRU5ErkJggg==",
    "base64",
  ),
  jpeg: Buffer.from(
    "/9j/4AAQSkZJRgABAQAAAQABAAD/2wBDAFA3PEY8MlBGQUZaVVBfeMiCeG5uePWvuZHI////////////////////////////////////////////////////2wBDAVVaWnhpeOuCguv/////////////////////////////////////////////////////////////////////////wAARCAABAAEDASIAAhEBAxEB/8QAFQABAQAAAAAAAAAAAAAAAAAAAAP/xAAUEAEAAAAAAAAAAAAAAAAAAAAA/8QAFQEBAQAAAAAAAAAAAAAAAAAAAwT/xAAUEQEAAAAAAAAAAAAAAAAAAAAA/9oADAMBAAIRAxEAPwCQA1j/2Q==",
    "base64",
  ),
  webp: Buffer.from("524946461a000000574542505650384c0d0000002f00000010071011118888fe0700", "hex"),
};
