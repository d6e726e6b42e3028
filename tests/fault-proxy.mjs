// A proxy between a client and the simulated providers. Every request passes through it, so that a test
// can count, hold or drop it, or stop the whole service.
import { createServer } from "node:http";
import { buffer } from "node:stream/consumers";

const TASKS = { videoInference: "submit", getResponse: "poll", getTaskDetails: "details", mediaStorage: "upload" };
const EMPTY_RESPONSE = {
  status: 200,
  headers: { "access-control-allow-origin": "*" },
  body: Buffer.alloc(0),
};
const VERBS = { run: "submit", status: "poll", "status-sync": "poll", cancel: "cancel" };

/**
 * Opens a proxy in front of a simulator, closed with the test. `runpod` and `runware` are its URLs.
 * Operations: `preflight`, `submit`, `poll`, `details`, `upload`, `cancel`, `download`, and the first segment of any
 * other path, which gets an empty response. `keepsAlive`: a request reuses the connection of its preflight,
 * as it usually does.
 */
export async function openFaultProxy(t, simulator, { keepsAlive = false } = {}) {
  const proxy = new FaultProxy(simulator.origin, keepsAlive);
  await proxy.open();
  t.after(() => proxy.close());
  return proxy;
}

class FaultProxy {
  #seen = [];
  #target;
  #keepsAlive;
  #server;
  #port = 0;
  #holds = [];

  constructor(target, keepsAlive) {
    this.#target = target;
    this.#keepsAlive = keepsAlive;
  }

  /** Starts the service, or restarts it at the same address. */
  async open() {
    this.#server = createServer((request, response) => {
      // Clients that disconnect are part of the tests.
      this.#pass(request, response).catch(() => response.destroy());
    });
    await new Promise((resolve, reject) => {
      this.#server.once("error", reject);
      this.#server.listen(this.#port, "127.0.0.1", resolve);
    });
    this.#port = this.#server.address().port;
    this.origin = `http://127.0.0.1:${this.#port}`;
    this.runpod = `${this.origin}/runpod/v2`;
    this.runware = `${this.origin}/runware/v1`;
  }

  /** Stops the service: open requests are reset, new ones are refused. */
  async close() {
    const closed = new Promise((resolve) => this.#server.close(resolve));
    this.#server.closeAllConnections();
    await closed;
  }

  /**
   * Holds the next request of that operation: at `request`, before the provider receives it; at `response`,
   * after it has processed it; or at `halfway`, when half of the response is sent.
   */
  hold(operation, phase = "request") {
    const hold = { operation, phase };
    hold.reached = new Promise((resolve) => (hold.reach = resolve));
    const decision = new Promise((resolve) => (hold.decide = resolve));
    hold.wait = () => (hold.reach(), decision);
    hold.release = () => hold.decide(true);
    hold.drop = () => hold.decide(false);
    this.#holds.push(hold);
    return hold;
  }

  /** How many requests of that operation have arrived. */
  count(operation) {
    return this.#seen.filter((each) => each === operation).length;
  }

  async #pass(request, response) {
    const body = await buffer(request);
    const operation = operationOf(request, body);
    this.#seen.push(operation);
    if (!(await this.#passes(operation, "request"))) return response.destroy();
    const upstream = await this.#forward(request, body);
    if (!(await this.#passes(operation, "response"))) return response.destroy();
    // A browser retries a POST by itself if a reused connection breaks.
    if (operation === "preflight" && !this.#keepsAlive) response.setHeader("connection", "close");
    response.writeHead(upstream.status, upstream.headers);
    const half = upstream.body.subarray(0, upstream.body.length >> 1);
    response.write(half);
    if (!(await this.#passes(operation, "halfway"))) return response.destroy();
    response.end(upstream.body.subarray(half.length));
  }

  /** Whether the request continues: at once, or as the test decides. */
  async #passes(operation, phase) {
    const matches = (hold) => hold.operation === operation && hold.phase === phase;
    const index = this.#holds.findIndex(matches);
    return index < 0 || this.#holds.splice(index, 1)[0].wait();
  }

  async #forward({ method, url, headers }, body) {
    if (!/^\/(runpod|runware|videos)\//.test(url)) return EMPTY_RESPONSE;
    const forwarded = new Headers(headers);
    for (const name of ["host", "connection", "content-length", "transfer-encoding"]) forwarded.delete(name);
    const content = body.length > 0 ? body : undefined;
    const upstream = await fetch(this.#target + url, { method, headers: forwarded, body: content });
    let bytes = Buffer.from(await upstream.arrayBuffer());
    const responseHeaders = Object.fromEntries(upstream.headers);
    delete responseHeaders.connection; // The simulator's own; this proxy's is `keepsAlive`.
    if (responseHeaders["content-type"]?.includes("json")) {
      // Video URLs point to this proxy, too.
      bytes = Buffer.from(bytes.toString().replaceAll(this.#target, this.origin));
      responseHeaders["content-length"] = String(bytes.length);
    }
    return { status: upstream.status, headers: responseHeaders, body: bytes };
  }
}

function operationOf({ method, url }, body) {
  if (method === "OPTIONS") return "preflight";
  const [, first, , , verb] = url.split(/[/?]/);
  if (first === "videos") return "download";
  if (first === "runpod") return VERBS[verb] ?? verb;
  if (first === "runware") return TASKS[JSON.parse(body)[0].taskType];
  return first;
}
