// A provider may echo the API key. It is in no message, JSON, record or log, however it is spelled.
import assert from "node:assert/strict";
import { Buffer } from "node:buffer";
import { describe, test } from "node:test";
import { inspect } from "node:util";
import { createFilmgateProvider } from "../../pkg/dist/ai-sdk/index.js";
import { createFilmgate, memoryStore } from "../../pkg/dist/index.js";
import { SecretMask } from "../../pkg/dist/util/mask-secrets.js";
import { PROVIDERS, REQUESTS, TEXT } from "./support.mjs";

const KEY = "rpa_Ab9/dEf+gHiJkLmNoPqRsTuVwXyZ0123456789";
const percent = (text) => [...text].map((one) => `%${one.charCodeAt(0).toString(16)}`).join("");
const unicode = (text) => [...text].map((one) => `\\u00${one.charCodeAt(0).toString(16)}`).join("");
const base64 = (text) => Buffer.from(text).toString("base64");

const SPELLINGS = {
  verbatim: KEY,
  "in upper case": KEY.toUpperCase(),
  "in lower case": KEY.toLowerCase(),
  "percent-encoded": encodeURIComponent(KEY),
  "percent-encoded twice": encodeURIComponent(encodeURIComponent(KEY)),
  "percent-encoded in full": percent(KEY),
  "with JSON's escapes": unicode(KEY),
  "with escaped slashes": KEY.replaceAll("/", "\\/"),
  "in Base64": base64(KEY),
  "in Base64, after one byte": base64(`:${KEY}`),
  "in Base64, after two bytes": base64(`a:${KEY}`),
  "as a bearer token in Base64": base64(`Bearer ${KEY}`),
  "in Base64 of URLs": Buffer.from(`a:${KEY}`).toString("base64url"),
  "as a bearer token": `Bearer ${KEY}`,
  "its start": `${KEY.slice(0, 8)}…`,
  "a longer start": `${KEY.slice(0, 20)}***`,
  "its end": `…${KEY.slice(-8)}`,
  "its start and its end": `${KEY.slice(0, 9)}...${KEY.slice(-9)}`,
};

/** Whether eight characters of the key in a row can be read, in any spelling. */
function shows(text) {
  const plain = (one) => one.toLowerCase().replaceAll("\\", "");
  let decoded = text.replace(/\\+u00([0-9a-f]{2})/gi, (_, hex) => String.fromCharCode(parseInt(hex, 16)));
  for (let times = 0; times < 3; times++) {
    decoded = decoded.replace(/%([0-9a-f]{2})/gi, (_, hex) => String.fromCharCode(parseInt(hex, 16)));
  }
  const runs = decoded.match(/[\w+/-]{12,}/g) ?? [];
  const texts = [text, decoded, ...runs.flatMap((run) => [0, 1, 2, 3].map((at) => Buffer.from(run.slice(at), "base64").toString("latin1")))];
  const pieces = [KEY.slice(0, 8), KEY.slice(-8), KEY.slice(12, 20)];
  return pieces.some((piece) => texts.some((one) => plain(one).includes(plain(piece))));
}

test("a key in hexadecimal, in escaped bytes or in Base64 twice is masked", () => {
  const mask = new SecretMask();
  mask.add(KEY);
  const hexadecimal = Buffer.from(KEY).toString("hex");
  for (const text of [hexadecimal, hexadecimal.toUpperCase(), hexadecimal.replaceAll(/../g, "\\x$&"), base64(base64(KEY))]) {
    assert.equal(mask.text(`Invalid ${text}.`), "Invalid [key].");
  }
});

test("a key whose characters are spread, or that is wrapped, is masked", () => {
  const mask = new SecretMask();
  mask.add(KEY);
  const spread = [" ", "-", ", ", ":", "\u200b", "\n"].map((gap) => [...KEY].join(gap));
  spread.push(...spread.map((text) => JSON.stringify(text).slice(1, -1)), [...KEY].join("\\u200b"));
  const bytes = Buffer.from(KEY).toString("hex").match(/../g);
  for (const text of [...spread, KEY.match(/.{1,10}/g).join("\n"), KEY.match(/.{1,7}/g).join("\r\n"), KEY.match(/.{1,7}/g).join("\\r\\n"), bytes.join(" "), bytes.join(":")]) {
    assert.equal(mask.text(`Invalid (${text}).`), "Invalid ([key]).");
  }
});

test("a piece from the middle of a key is masked", () => {
  const mask = new SecretMask();
  mask.add(KEY);
  for (let start = 1; start + 16 < KEY.length; start += 1) {
    const shown = mask.text(`Invalid …${KEY.slice(start, start + 16)}…`);
    assert.equal(shown, "Invalid …[key]…");
  }
});

test("signs that are repeated are searched once", { timeout: 60_000 }, () => {
  const mask = new SecretMask();
  mask.add(KEY);
  // With a search that begins anew at each of them, these would take hours.
  for (const sign of ["\\", "%25", "&#x", "&#00", "0", " ", "-", "r ", "72"]) {
    const text = sign.repeat(2_000_000 / sign.length);
    assert.equal(mask.text(text), text);
    assert.equal(mask.text(`${text} ${KEY}`).slice(-6), " [key]");
  }
});

test("the test sees every spelling", () => {
  for (const [name, spelled] of Object.entries(SPELLINGS)) assert.ok(shows(`bad key ${spelled}.`), name);
  assert.ok(!shows("bad key [key]."));
});

describe("no spelling of the key is shown", { concurrency: true }, () => {
  for (const [name, spelled] of Object.entries(SPELLINGS)) {
    for (const provider of PROVIDERS) {
      for (const [when, status] of [["submit", 401], ["submit", 400], ["poll", 200]]) {
        test(`${provider}: ${name}, in the response to a ${when} with HTTP ${status}`, async () => {
          await hides(provider, `Invalid API key ${spelled} given`, when, status);
        });
      }
    }
  }
});

async function hides(provider, message, when, status) {
  const store = memoryStore();
  const answer = async (request) => {
    const body = await request.text();
    const isSubmit = request.url.endsWith("/run") || body.includes("videoInference");
    if (when === "submit" && isSubmit) return new Response(refusal(provider, message, body), { status });
    if (isSubmit) return new Response(accepted(provider, body));
    return new Response(failure(provider, message, body));
  };
  const client = createFilmgate({ [provider]: { apiKey: KEY, longPoll: false }, fetch: answer, store });
  const error = await client.generate(REQUESTS[provider], { provider, timeoutMs: 4_000 }).then(assert.fail, (thrown) => thrown);
  assert.equal(error.name, "FilmgateError", String(error));
  const outputs = [
    error.message,
    error.providerMessage ?? "",
    JSON.stringify(error),
    JSON.stringify(error.raw ?? null),
    inspect(error, { depth: 20, showHidden: true }),
    JSON.stringify(await store.list()),
    JSON.stringify(await client.jobs()),
  ];
  for (const output of outputs) assert.ok(!shows(output), output);
}

const taskOf = (body) => JSON.parse(body)[0]?.taskUUID;
function refusal(provider, message, body) {
  if (provider === "runpod") return JSON.stringify({ error: message });
  return JSON.stringify({ errors: [{ code: "invalidApiKey", message, taskUUID: taskOf(body) }] });
}
function accepted(provider, body) {
  if (provider === "runpod") return '{"id":"job-1","status":"IN_QUEUE"}';
  return JSON.stringify({ data: [{ taskType: "videoInference", taskUUID: taskOf(body) }] });
}
function failure(provider, message, body) {
  if (provider === "runpod") return JSON.stringify({ id: "job-1", status: "FAILED", error: message });
  return JSON.stringify({ data: [], errors: [{ code: "inferenceError", message, taskUUID: taskOf(body) }] });
}

for (const provider of PROVIDERS) {
  test(`${provider}: what a fetch throws may hold the key, its request too`, async () => {
    const failing = async (request) => {
      const cause = Object.assign(new Error(`header Bearer ${KEY}`), { code: "ECONNREFUSED", request, headers: request.headers });
      throw new TypeError(`could not send ${KEY}`, { cause });
    };
    const client = createFilmgate({ [provider]: { apiKey: KEY }, fetch: failing });
    const error = await client.submit(REQUESTS[provider], { provider }).then(assert.fail, (thrown) => thrown);
    assert.deepEqual([error.code, error.charge], ["connection_error", "none"]);
    assert.equal(error.cause.name, "TypeError");
    assert.ok(!shows(inspect(error, { depth: 20, showHidden: true })));
  });
}

test("an error without the key is passed on unchanged", async () => {
  const thrown = new TypeError("fetch failed", { cause: Object.assign(new Error("no"), { code: "ECONNREFUSED" }) });
  const client = createFilmgate({ runware: { apiKey: KEY }, fetch: () => Promise.reject(thrown) });
  const error = await client.submit(TEXT).then(assert.fail, (thrown) => thrown);
  assert.equal(error.cause, thrown);
});

test("the gateway's client", async () => {
  const message = `The key ${KEY} may not do this`;
  const refuse = async () => new Response(JSON.stringify({ error: { code: "forbidden", message } }), { status: 403 });
  const store = memoryStore();
  const client = createFilmgate({ gateway: { url: "https://gateway.example", apiKey: KEY }, fetch: refuse, store });
  const error = await client.submit(TEXT).then(assert.fail, (thrown) => thrown);
  assert.match(error.message, /The key \[key\] may not do this/);
  assert.ok(!shows(inspect(error, { depth: 20 }) + JSON.stringify(await store.list())));
});

test("the AI SDK's provider", async () => {
  const refuse = async (request) => new Response(refusal("runware", `Bad key ${KEY}`, await request.text()), { status: 401 });
  const provider = createFilmgateProvider({ runware: { apiKey: KEY }, fetch: refuse });
  const call = { prompt: TEXT.prompt, n: 1, resolution: "1280x720", duration: 4, providerOptions: {} };
  const error = await provider.video("sora-2-pro").doGenerate(call).then(assert.fail, (thrown) => thrown);
  assert.ok(!shows(inspect(error, { depth: 20, showHidden: true }) + JSON.stringify(error)));
});

test("a key that changes: each one is masked", () => {
  const mask = new SecretMask();
  for (const key of ["first-key-0123456789", "second-key-0123456789"]) mask.add(key);
  assert.equal(mask.text("first-key-0123456789, second-key-0123456789"), "[key], [key]");
});

test("nothing else is changed, and no short key hides a word", () => {
  const mask = new SecretMask();
  mask.add("k");
  mask.add("status");
  mask.add(KEY);
  const text = '{"status":"COMPLETED","output":{"video_url":"https://videos.example.com/a.mp4?X-Amz-Signature=ab12"}}';
  assert.equal(mask.text(text), text);
  assert.equal(mask.text(`{"error":"bad ${KEY}","id":"a"}`), '{"error":"bad [key]","id":"a"}');
});

test("what is around a video of 24 MB as Base64 is masked", () => {
  const mask = new SecretMask();
  mask.add(KEY);
  const video = "Ab9/".repeat(6_000_000);
  const masked = mask.text(`{"a":"${KEY}","video":"${video}","b":"${KEY}"}`);
  assert.ok(masked === `{"a":"[key]","video":"${video}","b":"[key]"}`);
});

for (const [form, of] of [["`Headers`", (all) => new Headers(all)], ["a `Map`", (all) => new Map(Object.entries(all))], ["an object", (all) => all]]) {
  test(`a key in the settings' headers: ${form}, with and without its scheme`, async () => {
    for (const [name, value] of [["x-api-key", KEY], ["authorization", `Bearer ${KEY}`], ["authorization", `Basic ${KEY}`]]) {
      const refuse = async (request) => new Response(refusal("runware", `Bad key ${KEY.slice(0, 12)}…`, await request.text()), { status: 401 });
      const client = createFilmgate({ runware: { baseURL: "https://proxy.example", headers: of({ [name]: value }) }, fetch: refuse });
      const error = await client.submit(TEXT).then(assert.fail, (thrown) => thrown);
      assert.equal(error.code, "unauthorized");
      assert.ok(!shows(inspect(error, { depth: 20, showHidden: true })), error.message);
    }
  });
}

test("a masked response can still be read", () => {
  const mask = new SecretMask();
  mask.add("rpa_xn81kQwPLmN0vT7yUe2Hs9b81kQxPLm0Zz");
  const echoes = [String.raw`a\n81kQwPLmN0vT7yUe`, String.raw`a\u200b81kQxPLm0Zz`, String.raw`\rpa_xn81kQwPLm`, String.raw`C:\\rpa_xn81kQwPLmN0`];
  for (const echo of echoes) {
    const masked = mask.text(JSON.stringify({ url: "x" }).replace("x", () => echo));
    assert.match(JSON.parse(masked).url, /\[key\]$/, echo);
  }
});
