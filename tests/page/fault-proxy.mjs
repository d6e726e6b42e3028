// The way between a page and the simulated providers. Every request passes here, so that a test can
// count it, hold it where it is, lose it, and take the whole service away.
import { createServer } from "node:http";
import { buffer } from "node:stream/consumers";

const TASKS = { videoInference: "submit", getResponse: "poll", getTaskDetails: "details" };
const NOTHING = {
  status: 200,
  headers: { "access-control-allow-origin": "*" },
  body: Buffer.alloc(0),
};
const VERBS = { run: "submit", status: "poll", "status-sync": "poll", cancel: "cancel" };

/**
 * Opens a proxy before a simulator, closed with the test. `runpod` and `runware` are its addresses.
 * Operations: `preflight`, `submit`, `poll`, `details`, `cancel`, `download`, and the first part of
 * any other path: what is no provider's is answered with nothing. `keepsAlive`: a preflight leaves its
 * connection to the request that it was for, as it usually does.
 */
export async function openFaultProxy(t, simulator, { keepsAlive = false } = {}) {
  const proxy = new FaultProxy(simulator.origin, keepsAlive);
  await proxy.open();
  t.after(() => proxy.close());
  return proxy;
}

class FaultProxy {
  #seen = [];
  #behind;
  #keepsAlive;
  #server;
  #port = 0;
  #holds = [];

  constructor(behind, keepsAlive) {
    this.#behind = behind;
    this.#keepsAlive = keepsAlive;
  }

  /** Lets the service come back, at the same address. */
  async open() {
    this.#server = createServer((request, response) => {
      // A client that goes away in the middle is what this is for.
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

  /** Takes the service away: what is under way is torn, what comes is refused. */
  async close() {
    const closed = new Promise((resolve) => this.#server.close(resolve));
    this.#server.closeAllConnections();
    await closed;
  }

  /**
   * Holds the next request of that operation: `arriving`, before the provider has seen it;
   * `answering`, after it has carried it out; or `halfway`, when half of the answer is sent.
   */
  hold(operation, where = "arriving") {
    const hold = { operation, where };
    hold.reached = new Promise((resolve) => (hold.reach = resolve));
    const goes = new Promise((resolve) => (hold.decide = resolve));
    hold.wait = () => (hold.reach(), goes);
    hold.release = () => hold.decide(true);
    hold.drop = () => hold.decide(false);
    this.#holds.push(hold);
    return hold;
  }

  /** How many requests of that operation have come. */
  count(operation) {
    return this.#seen.filter((each) => each === operation).length;
  }

  async #pass(request, response) {
    const body = await buffer(request);
    const operation = operationOf(request, body);
    this.#seen.push(operation);
    if (!(await this.#passes(operation, "arriving"))) return response.destroy();
    const answer = await this.#forward(request, body);
    if (!(await this.#passes(operation, "answering"))) return response.destroy();
    // Where a connection breaks that was used before, a browser sends a POST again by itself.
    if (operation === "preflight" && !this.#keepsAlive) response.setHeader("connection", "close");
    response.writeHead(answer.status, answer.headers);
    const half = answer.body.subarray(0, answer.body.length >> 1);
    response.write(half);
    if (!(await this.#passes(operation, "halfway"))) return response.destroy();
    response.end(answer.body.subarray(half.length));
  }

  /** Whether it goes on from there: at once, or once a test has decided. */
  async #passes(operation, where) {
    const fits = (hold) => hold.operation === operation && hold.where === where;
    const at = this.#holds.findIndex(fits);
    return at < 0 || this.#holds.splice(at, 1)[0].wait();
  }

  async #forward({ method, url, headers }, body) {
    if (!/^\/(runpod|runware|videos)\//.test(url)) return NOTHING;
    const asked = new Headers(headers);
    for (const name of ["host", "connection", "content-length"]) asked.delete(name);
    const content = body.length > 0 ? body : undefined;
    const answer = await fetch(this.#behind + url, { method, headers: asked, body: content });
    let bytes = Buffer.from(await answer.arrayBuffer());
    const told = Object.fromEntries(answer.headers);
    if (told["content-type"]?.includes("json")) {
      // Videos come through here too.
      bytes = Buffer.from(bytes.toString().replaceAll(this.#behind, this.origin));
      told["content-length"] = String(bytes.length);
    }
    return { status: answer.status, headers: told, body: bytes };
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
