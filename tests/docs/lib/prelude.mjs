// Runs before each program of the documentation: simulated providers in this process in place of the
// real ones, no other network access, and `shown`, which compares results with the page.
import assert from "node:assert/strict";
import { inspect } from "node:util";
import { createSimulator } from "../../../pkg/dist/testing/index.js";

const LOOPBACK = /^http:\/\/(localhost|127\.0\.0\.1)[:/]/;

process.env.RUNPOD_API_KEY = "a key";
process.env.RUNWARE_API_KEY = "another key";

const outside = globalThis.fetch;
const published = [];
const simulator = createSimulator({ jobDurationMs: 300, onWebhook: reach });

globalThis.fetch = reach;
globalThis.simulator = {
  ...simulator,
  /** Maps a public URL to a port of this process. */
  publish: (address, port) => published.push([address, `http://127.0.0.1:${port}`]),
};
globalThis.shown = shown;

async function reach(input, init) {
  const request = new Request(input, init);
  const [from, to] = published.find(([place]) => request.url.startsWith(place)) ?? ["", ""];
  const url = to + request.url.slice(from.length);
  const moved = url === request.url ? request : await movedTo(url, request);
  return LOOPBACK.test(url) ? outside(moved) : simulator.fetch(moved);
}

async function movedTo(url, request) {
  const { method, headers, signal } = request;
  const body = ["GET", "HEAD"].includes(method) ? null : await request.arrayBuffer();
  return new Request(url, { method, headers, signal, body });
}

// A result that the program never reaches is an error.
const reached = new Set();
process.once("exit", (code) => {
  if (code === 0)
    assert.equal(reached.size, Number(process.env.SHOWN), "results that were reached");
});

/** Returns the value if it is what the page shows; `place` identifies the shown result. */
function shown(value, pattern, place) {
  if (value instanceof Promise) return value.then((settled) => shown(settled, pattern, place));
  reached.add(place);
  const plain = value === undefined ? undefined : JSON.parse(JSON.stringify(value));
  if (!fits(plain, pattern))
    assert.fail(`The page does not show ${inspect(plain, { depth: 9 })}`);
  return value;
}

function fits(value, { list, fields, isOpen, text, value: wanted }) {
  if (list) return Array.isArray(value) && listFits(value, list);
  if (fields) {
    const isObject = typeof value === "object" && value !== null && !Array.isArray(value);
    const isAll = isOpen || (isObject && Object.keys(value).length === fields.length);
    return isObject && isAll && fields.every(([name, inner]) => fits(value[name], inner));
  }
  if (text !== undefined) return typeof value === "string" && textFits(value, text);
  return Object.is(value, wanted);
}

/** `more` matches any number of items. */
function listFits(values, [first, ...others]) {
  if (first === undefined) return values.length === 0;
  if (first !== "more")
    return values.length > 0 && fits(values[0], first) && listFits(values.slice(1), others);
  return (
    listFits(values, others) || (values.length > 0 && listFits(values.slice(1), [first, ...others]))
  );
}

/** `…` matches any text. */
function textFits(value, text) {
  const parts = text.split("…").map((part) => part.replace(/[\\^$.*+?()[\]{}|]/g, "\\$&"));
  return new RegExp(`^${parts.join("[^]*")}$`).test(value);
}
