// The simulated providers behind a fetch function, for pages, workers and Node. No key, no server.

import * as glue from "./filmgate_sim.js";

let loading;

/** The module is loaded once, however many simulators there are. */
function load(module = new URL("./filmgate_sim.wasm", import.meta.url)) {
  loading ??= start(module).catch((error) => {
    loading = undefined;
    throw error;
  });
  return loading;
}

async function start(module) {
  const given = await module;
  if (given instanceof URL && given.protocol === "file:") {
    const { readFile } = await import("node:fs/promises");
    return glue.initSync({ module: await readFile(given) });
  }
  return glue.default({ module_or_path: given });
}

/** See sim.d.ts. */
export async function createSimulator({
  runMs,
  seed = 1,
  origin = "https://simulator.invalid",
  module,
  config = {},
  transact = async (change) => change(),
  deliver,
} = {}) {
  await load(module);
  const settings = runMs === undefined ? config : { ...config, runMs };
  const number = glue.open(JSON.stringify(settings), seed, origin);
  const base = new URL(origin);

  /** One request, read and carried out; waiting and answering come afterwards. */
  async function carryOut({ method, url, headers = [], body = new Uint8Array() }) {
    const { pathname, search } = new URL(url, base);
    const query = search.slice(1);
    let reply;
    await transact(() => {
      reply = glue.handle(number, Date.now(), method, pathname, query, headers, body);
    });
    const [afterMs, status, answerHeaders, answerBody] = reply;
    return { afterMs, status, headers: answerHeaders, body: answerBody };
  }

  async function simulatedFetch(input, init) {
    const request = new Request(input, init);
    const { method, url, signal } = request;
    signal.throwIfAborted();
    if (new URL(url).origin !== base.origin) throw networkError();
    const headers = [...request.headers];
    const body = new Uint8Array(await request.arrayBuffer());
    signal.throwIfAborted();
    if (isPage() && needsPreflight(request)) {
      const asked = [["access-control-request-headers", [...request.headers.keys()].join(", ")]];
      const preflight = await carryOut({ method: "OPTIONS", url, headers: asked });
      if (!allowsReading(preflight)) throw networkError();
    }
    const answer = await carryOut({ method, url, headers, body });
    await sleep(answer.afterMs, signal);
    if (answer.status === undefined || (isPage() && !allowsReading(answer))) throw networkError();
    return responseOf(answer, method, url);
  }

  async function control(path, body) {
    const method = body === undefined && READABLE.has(path) ? "GET" : "POST";
    const bytes = body === undefined ? undefined : new TextEncoder().encode(JSON.stringify(body));
    const answer = await carryOut({ method, url: `/control/${path}`, body: bytes });
    const result = JSON.parse(new TextDecoder().decode(answer.body));
    if (answer.status !== 200) throw new Error(result.error);
    return result;
  }

  /** Sends what is due; its answers are reported when they come. */
  async function sendDue() {
    let due = [];
    await transact(() => {
      due = glue.due(number, Date.now());
    });
    for (const [id, method, url, contentType, body] of due) {
      const report = (status) =>
        transact(() => isOpen && glue.answered(number, Date.now(), id, status));
      deliver(url, { method, headers: { "content-type": contentType }, body }).then(
        (response) => report(response.status),
        () => report(undefined),
      );
    }
  }

  let isOpen = true;
  const timer = deliver && setInterval(sendDue, DELIVERY_MS);
  timer?.unref?.();

  return {
    fetch: simulatedFetch,
    control,
    ledger: () => control("ledger"),
    snapshot: () => glue.snapshot(number),
    restore: (text) => {
      if (!glue.restore(number, text)) throw new Error("This is not a simulator's snapshot");
    },
    close() {
      isOpen = false;
      clearInterval(timer);
      glue.close(number);
    },
  };
}

const READABLE = new Set(["ledger", "config"]);
const DELIVERY_MS = 250;

/** What the real fetch says of a connection that failed, in a page without a word of the cause. */
const networkError = () => new TypeError(isPage() ? "Failed to fetch" : "fetch failed");

/** Pages and their workers have an address, and other origins' leave to read is asked for. */
const isPage = () => typeof globalThis.location?.href === "string";

const allowsReading = ({ headers }) =>
  headers.some(([name]) => name === "access-control-allow-origin");

/** What a form can send without asking first. */
const PLAIN_TYPE = /^(text\/plain|multipart\/form-data|application\/x-www-form-urlencoded)/;

function needsPreflight({ method, headers }) {
  const type = headers.get("content-type") ?? "text/plain";
  const isPlain = PLAIN_TYPE.test(type);
  return !["GET", "HEAD", "POST"].includes(method) || headers.has("authorization") || !isPlain;
}

function sleep(ms, signal) {
  return new Promise((resolve, reject) => {
    const stop = () => {
      clearTimeout(timer);
      reject(signal.reason);
    };
    const timer = setTimeout(() => {
      signal.removeEventListener("abort", stop);
      resolve();
    }, ms);
    if (signal.aborted) stop();
    else signal.addEventListener("abort", stop, { once: true });
  });
}

function responseOf({ status, headers, body }, method, url) {
  const hasBody = method !== "HEAD" && status !== 204 && status !== 304;
  const promised = Number(headers.find(([name]) => name === "content-length")?.[1]);
  const content = hasBody && promised > body.length ? cutOff(body) : body;
  const response = new Response(hasBody ? content : null, { status, headers });
  Object.defineProperty(response, "url", { value: url });
  return response;
}

/** A body whose connection breaks after these bytes. */
function cutOff(bytes) {
  return new ReadableStream({
    start: (stream) => stream.enqueue(bytes),
    pull: (stream) => stream.error(new TypeError("terminated")),
  }, { highWaterMark: 0 });
}
