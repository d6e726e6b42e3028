// A fake of a provider's HTTP API: `api` gives the responses, and faults are injected.
import { once } from "node:events";
import { createServer } from "node:http";
import { setTimeout as sleep } from "node:timers/promises";
import { Faults, counter } from "./faults.mjs";
import { Jobs } from "./jobs.mjs";

/**
 * Starts one: `api` is `{ base, newId, operation(method, path), answer(request, jobs, origin),
 * error(status) }`, where a response is `{ status, body, headers, until }` and waits for `until`.
 */
export async function startHttpFake(api, { jobDurationMs }) {
  const jobs = new Jobs({ jobDurationMs, newId: api.newId });
  const faults = new Faults();
  const requests = [];
  const count = counter(requests);
  const server = createServer(async (message, response) => {
    const request = await read(message);
    const operation = api.operation(request.method, request.path);
    const fault = faults.strike(count(operation, message.socket));
    const early = before(fault, api);
    if (early === "reset") return message.socket.resetAndDestroy();
    const right = early ?? api.answer(request, jobs, origin);
    if (fault?.kind === "resetAfter") return message.socket.resetAndDestroy();
    if (fault?.kind === "closeAfter") return message.socket.destroy();
    const answer = fault?.after ? failure(fault, api) : right;
    if (fault?.kind === "latency") await sleep(fault.ms);
    if (answer.until) await sleep(Math.max(0, answer.until - Date.now()));
    send(response, answer, fault?.kind === "truncated");
  });
  const origin = await listen(server);
  return {
    address: origin + api.base,
    requests,
    strike: async (rules) => faults.set(rules),
    jobs: async () => jobs.account(),
    stop: () => close(server),
  };
}

/** Listens on a free local port; returns its origin. */
export async function listen(server) {
  server.listen(0, "127.0.0.1");
  await once(server, "listening");
  return `http://127.0.0.1:${server.address().port}`;
}

export function close(server) {
  server.closeAllConnections();
  return new Promise((resolve) => server.close(resolve));
}

/** Reads a request, its body as bytes. */
export async function read(message) {
  const chunks = [];
  for await (const chunk of message) chunks.push(chunk);
  const { pathname: path, search } = new URL(message.url, "http://fake");
  const { method, headers } = message;
  return { method, path, search, headers, body: Buffer.concat(chunks) };
}

/** The response of a fault. */
function before(fault, api) {
  switch (fault?.kind) {
    case "resetBefore":
      return "reset";
    case "error":
      return fault.after ? undefined : failure(fault, api);
    case "rateLimit":
      return { status: 429, body: api.error(429) };
    default:
      return undefined;
  }
}

const failure = ({ status }, api) => ({ status, body: api.error(status) });

function send(response, { status = 200, headers = {}, body }, isTruncated) {
  const isJson = !Buffer.isBuffer(body);
  const whole = isJson ? Buffer.from(JSON.stringify(body)) : body;
  const bytes = isTruncated ? whole.subarray(0, whole.length / 2) : whole;
  const type = isJson ? "application/json" : "video/mp4";
  response.writeHead(status, { "content-type": type, "content-length": bytes.length, ...headers });
  response.end(bytes);
}
