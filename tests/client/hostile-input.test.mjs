// Any value as a request: the result says what is wrong with it, quickly, and nothing breaks.
import assert from "node:assert/strict";
import { describe, test } from "node:test";
import { composePrompt, createFilmgate } from "../../pkg/dist/index.js";
import { PROMPT, TEXT, createClient, failing, nothingSent, simulator } from "./support.mjs";

const throwing = () => {
  throw new Error("looked at");
};
const TRAPS = {
  get: throwing,
  has: throwing,
  ownKeys: throwing,
  getOwnPropertyDescriptor: throwing,
};
function revoked(target) {
  const { proxy, revoke } = Proxy.revocable(target, {});
  revoke();
  return proxy;
}
function branching() {
  const a = { ...TEXT };
  const b = { a };
  return Object.assign(a, { providerOptions: { runware: { a, b, c: [a, b, [a, b]] } } });
}
function nested(depth) {
  let inner = {};
  for (let at = 0; at < depth; at++) inner = { inner };
  return inner;
}
const circle = [];
circle.push(circle, circle);

/** What cannot be read at all, so that the whole is at fault. */
const WHOLE = {
  nothing: undefined,
  null: null,
  "a text": "generate this",
  "a number": NaN,
  "a function": () => TEXT,
  "a symbol": Symbol("x"),
  "a BigInt": 4n,
  "a list": [TEXT],
  bytes: new Uint8Array(2_000_000),
  "a proxy that throws": new Proxy({}, TRAPS),
  "a proxy of a list that throws": new Proxy([], TRAPS),
  "a revoked proxy": revoked({}),
  "a revoked proxy of a list": revoked([]),
  "a name of ten megabytes": { ["n".repeat(10_000_000)]: 1 },
  "a name that marks what stands outside": { ["\0outside"]: 0, head: "x", length: 9 },
};

/** A field, a value for it, and the code of the problem. */
const FIELDS = [
  ["duration", 4.5, "not_integer"],
  ["duration", NaN, "not_finite"],
  ["duration", -Infinity, "not_finite"],
  ["duration", 4n, "invalid_type"],
  ["duration", new Date(), "invalid_type"],
  ["duration", Object(4), "invalid_type"],
  ["duration", { valueOf: () => 4 }, "invalid_type"],
  ["duration", Symbol("4"), "invalid_type"],
  ["prompt", "cut \ud83d", "invalid_unicode"],
  ["prompt", "\udc00 cut", "invalid_unicode"],
  ["prompt", "x".repeat(70_000) + "\ud83d", undefined],
  ["prompt", ["a", "b"], "invalid_type"],
  ["prompt", { "\0outside": 0, head: "x", length: 9 }, "invalid_type"],
  ["image", circle, undefined],
  ["image", new Proxy([1], TRAPS), "invalid_type"],
  ["image", revoked([]), "invalid_type"],
  ["image", new Array(2 ** 32 - 1), "invalid_type"],
  ["image", new Blob(["x"], { type: "text/plain" }), "invalid_format"],
  ["image", new ArrayBuffer(9), "invalid_format"],
  ["image", `data:image/png;base64,${"A".repeat(10_000_000)}`, null],
  ["providerOptions", { runware: { deep: nested(100_000) } }, undefined],
  ["providerOptions", { runware: { bytes: new Uint8Array(2_000_000) } }, undefined],
  ["providerOptions", { runware: { list: new Array(1_000_000).fill(0) } }, undefined],
  ["__proto__", { prompt: "x" }, "unrecognized_field"],
];

describe("hostile input", { concurrency: true }, () => {
  const client = createFilmgate({ runware: { apiKey: "k" }, fetch: throwing });

  for (const [name, request] of Object.entries(WHOLE)) {
    test(`a request that is ${name}`, async () => {
      const { ok, issues } = client.validate(request);
      assert.equal(ok, false);
      assert.ok(
        issues.some(({ path, code }) => path === "" && code === "invalid_type"),
        JSON.stringify(issues),
      );
      assert.ok(client.quote(request).every(({ available }) => !available));
      const error = await failing(client.submit(request), "invalid_request");
      assert.equal(error.charge, "none");
    });
  }

  test("a getter that throws is a problem of its field alone", async () => {
    const request = { ...TEXT };
    Object.defineProperty(request, "seed", { get: throwing, enumerable: true });
    const error = await failing(client.submit(request), "invalid_request");
    assert.equal(error.charge, "none");
    const said = JSON.stringify(error.issues);
    assert.ok(error.issues.some(({ path, code }) => path === "seed" && code === "invalid_type"), said);
    assert.ok(!error.issues.some(({ path }) => path === "" || path === "prompt"), said);
  });

  for (const [at, [field, value, code]] of FIELDS.entries()) {
    test(`field ${field}, case ${at}: ${code ?? (code === null ? "nothing wrong" : "some problem")}`, async () => {
      const { ok, issues, listings } = client.validate({
        ...TEXT,
        size: undefined,
        resolution: "720p",
        [field]: value,
      });
      const all = [...issues, ...listings.flatMap(({ issues }) => issues)].filter(
        ({ severity }) => severity === "error",
      );
      if (code === null) return assert.equal(ok, true, JSON.stringify(all));
      assert.equal(ok, false);
      const found = all.filter(({ path }) => path === field || path.startsWith(`${field}.`));
      assert.ok(
        found.length > 0 && (code === undefined || found.some((issue) => issue.code === code)),
        JSON.stringify(all),
      );
    });
  }

  test("a request with branching cycles", () => {
    assert.equal(client.validate(branching()).ok, false);
  });

  test("objects without a prototype, frozen ones, class instances and transparent proxies are read like any other", () => {
    class Order {
      constructor() {
        Object.assign(this, TEXT);
      }
    }
    const bare = Object.assign(Object.create(null), TEXT);
    for (const request of [
      bare,
      Object.freeze({ ...TEXT }),
      new Order(),
      new Proxy({ ...TEXT }, {}),
    ]) {
      assert.equal(client.validate(request).ok, true);
    }
    assert.ok(!("touched" in Object.freeze(TEXT)));
  });

  test("a prompt keeps every character: quotes, controls, emoji, right-to-left", async (t) => {
    const sim = await simulator(t);
    let sent;
    const through = async (request) => {
      sent ??= await request.clone().json();
      return fetch(request);
    };
    const prompt = 'He said: "\\ no"\n\t\u0001 \u2028 😀👩‍👩‍👧 \u202eevil <script> \ufffd é e\u0301';
    await createClient(sim, { fetch: through }).generate({ ...TEXT, prompt });
    assert.equal(sent[0].positivePrompt, prompt);
  });

  test("unreadable options are an error, and nothing is sent", async (t) => {
    const sim = await simulator(t);
    const client = createClient(sim);
    for (const provider of [5, {}, circle, Symbol("x"), 4n, new Proxy([], TRAPS), "RunPod"]) {
      await failing(client.submit(TEXT, { provider }), "invalid_request");
    }
    for (const maxCostUsd of [-Infinity, 4n, {}, "1", Symbol("x")]) {
      await failing(client.submit(TEXT, { maxCostUsd }), "invalid_request");
    }
    await nothingSent(sim);
  });

  test("composePrompt combines the parts, and truncates nothing", () => {
    const composed = composePrompt({
      action: PROMPT,
      ambientSound: "Rain.",
      characterDialogue: "Hello 😀",
    });
    assert.match(composed, /Action: .*Ambient Sound: Rain.*Character Dialogue: Hello 😀/s);
    assert.equal(composePrompt({ action: "Alone." }).includes("Ambient"), false);
  });
});
