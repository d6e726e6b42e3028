// What crosses into the module: each value is plain and bounded, long strings stay outside, and what was read
// once is read again whole, however much deeper a job's state holds it.
import assert from "node:assert/strict";
import { test } from "node:test";
import "../../pkg/dist/index.js";
import { advance, describe, plan, quote, readWebhookBody, resume, validate } from "../../pkg/dist/core/core.js";
import { Values } from "../../pkg/dist/core/values.js";

const MAX_DEPTH = 48;
/** Far more levels than the module's stack has room for. */
const ABYSS = 200_000;
const KEY = "11111111-1111-4111-8111-111111111111";

const encode = (value) => new Values().encode(value);
const marked = (code) => ({ "\0unreadable": code });
const nestedText = (levels) => `${"[".repeat(levels)}7${"]".repeat(levels)}`;
const nested = (levels) => JSON.parse(nestedText(levels));
const request = (levels) => ({ model: "runpod:echo-video", input: { a: nested(levels) } });
const output = ({ outputs }, type) => outputs.find((one) => one.type === type);

function submitted(raw) {
  const [{ state }] = plan(raw, { availableProviders: ["runpod", "runware"] }, {}, () => KEY);
  return advance(state, { type: "saved", revision: 1 });
}

const respond = ({ state }, text) =>
  advance(state, { type: "response", id: 0, status: 200, retryAfter: null, text });

test("what JSON cannot hold is marked in its place", () => {
  const throwing = new Proxy({}, { ownKeys: () => assert.fail("looked at") });
  const cases = [
    [NaN, "not_finite"],
    [-Infinity, "not_finite"],
    ["cut \ud83d", "invalid_unicode"],
    [4n, "not_data"],
    [Symbol("x"), "not_data"],
    [() => 1, "not_data"],
    [new Uint8Array(9), "not_data"],
    [new String("x".repeat(200_000)), "not_data"],
    [throwing, "not_data"],
    [new Array(2 ** 32 - 1), "not_data"],
    [{ "\0outside": 0 }, "not_data"],
    [{ "\0unreadable": "not_finite" }, "not_data"],
  ];
  for (const [value, code] of cases) {
    assert.deepEqual(encode(value), marked(code));
    assert.deepEqual(encode({ a: [1, value] }), { a: [1, marked(code)] });
  }
});

test("plain values stay what they are, but for undefined", () => {
  const value = { a: [1, -0, 1e21, 0.1, 2 ** 53, null, true, ""], "": {}, "é 😀": "\u2028" };
  assert.deepEqual(encode(value), value);
  assert.deepEqual(encode({ a: undefined, b: [undefined] }), { b: [null] });
});

test("an object of 200,000 fields and a circle have an end, soon", () => {
  const wide = Object.fromEntries(Array.from({ length: 200_000 }, (_, at) => [`k${at}`, at]));
  const circle = [];
  circle.push(circle, circle);
  const since = process.cpuUsage();
  const sparse = Array(40_000).fill(new Array(40_000));
  for (const value of [wide, circle, { a: wide }, sparse]) {
    assert.equal(validate(value, {}).ok, false);
    assert.equal(resume(value, 0, {}), undefined);
  }
  // A field used to cost the square of their number: 17 s.
  // Processor time, since a busy machine is slow at anything.
  const { user, system } = process.cpuUsage(since);
  assert.ok((user + system) / 1_000 < 5_000);
});

test("a field named __proto__ is a field, there and back", () => {
  const input = JSON.parse('{"__proto__":{"a":1},"b":{"__proto__":{"c":2}}}');
  const { body } = output(submitted({ model: "runpod:echo-video", input }), "transmit");
  assert.deepEqual(Object.entries(body.input).sort(), Object.entries(input).sort());
  assert.equal({}.a, undefined);
});

test("a long text stays outside and arrives whole", () => {
  const image = `data:image/png;base64,${"iVBO".repeat(1_300_000)}`;
  const raw = { model: "sora-2-pro", prompt: "A lighthouse", duration: 8, image };
  assert.ok(JSON.stringify(encode(raw)).length < 100_000);
  const planned = plan(raw, { provider: "runware", availableProviders: ["runware"] }, {}, () => KEY);
  assert.equal(output(planned[0], "save").record.submission.body.inputs.frameImages[0], image);
  const sent = advance(planned[0].state, { type: "saved", revision: 1 });
  assert.equal(output(sent, "transmit").body[0].inputs.frameImages[0], image);
});

test("an error that is JSON in a text is read", () => {
  const raw = { model: "sora-2-pro", prompt: "A baker", image: "https://example.com/a.png", duration: 4 };
  const error = JSON.stringify({ error_type: "<class 'X'>", error_message: "out of memory" });
  const ended = respond(submitted(raw), JSON.stringify({ id: "job-1", status: "FAILED", error }));
  assert.equal(describe(ended.state).error.message, "out of memory");
});

test("the deepest input leaves as it came", () => {
  const deepest = MAX_DEPTH - 2;
  const { body } = output(submitted(request(deepest)), "transmit");
  assert.equal(JSON.stringify(body.input.a), nestedText(deepest));
  assert.equal(validate(request(deepest + 1), {}).ok, false);
});

test("the deepest response is preserved through every step", () => {
  const deepest = MAX_DEPTH - 2;
  const body = (levels) =>
    `{"id":"job-1","status":"COMPLETED","output":{"url":"https://a.example.com/v.mp4","a":${nestedText(levels)}}}`;
  const ended = respond(submitted(request(1)), body(deepest));
  const { record } = output(advance(ended.state, { type: "saved", revision: 2 }), "save");
  const { outcome } = describe(resume(record, 3, {}).state);
  assert.equal(JSON.stringify(outcome.raw.output.a), nestedText(deepest));
  // Deeper, the video is there all the same.
  const deep = respond(submitted(request(1)), body(ABYSS));
  assert.equal(describe(deep.state).outcome.videos[0].url, "https://a.example.com/v.mp4");
});

test("no depth traps", () => {
  const abyss = nested(ABYSS);
  for (const value of [request(ABYSS), abyss]) {
    assert.equal(validate(value, {}).ok, false);
    assert.ok(quote(value, {}).every(({ available }) => !available));
    for (const provider of ["runpod", "runware"]) assert.equal(readWebhookBody(provider, value), undefined);
    for (const revision of [0, 1]) assert.equal(resume(value, revision, {}), undefined);
    assert.equal(describe(value), undefined);
    assert.equal(advance(value, { type: "timeout" }), undefined);
  }
  const sent = submitted(request(1));
  assert.ok(advance(sent.state, { type: "webhook", body: abyss }));
  const ended = respond(sent, nestedText(ABYSS));
  assert.equal(describe(ended.state).error.code, "submission_unknown");
});

const HANDLE = {
  version: 1,
  provider: "runpod",
  model: "sora-2-pro",
  providerModelId: "sora-2-pro-i2v",
  id: KEY,
  jobId: "job-1",
  n: 1,
  createdAt: 1_760_000_000_000,
};
const VIDEO = "https://a.example.com/v.mp4";
const BAKER = { model: "sora-2-pro", prompt: "A baker", image: "https://example.com/a.png", duration: 4 };

/** The step in which RunPod reports this job as completed. */
const completed = (fields) =>
  respond(submitted(BAKER), JSON.stringify({ id: "job-1", status: "COMPLETED", ...fields }));

test("a cost beyond the safe integers of micro-dollars is unknown, and the video is delivered", () => {
  const runpod = describe(completed({ output: { video_url: VIDEO, cost: 9.1e9 } }).state).outcome;
  assert.deepEqual([runpod.videos[0].url, runpod.costUsd], [VIDEO, undefined]);
  const text = { model: "sora-2-pro", prompt: "A lighthouse", duration: 4, size: "1280x720" };
  const planned = plan(text, { provider: "runware", availableProviders: ["runware"] }, {}, () => KEY);
  const sent = advance(planned[0].state, { type: "saved", revision: 1 });
  const data = [{ taskType: "videoInference", taskUUID: KEY, videoURL: VIDEO, cost: 9.1e9 }];
  const runware = describe(respond(sent, JSON.stringify({ data })).state).outcome;
  assert.deepEqual([runware.videos[0].url, runware.costUsd], [VIDEO, undefined]);
});

test("costs whose sum is beyond the safe integers of micro-dollars have no sum", () => {
  const text = { model: "sora-2-pro", prompt: "A lighthouse", duration: 4, size: "1280x720", n: 2 };
  const planned = plan(text, { provider: "runware", availableProviders: ["runware"] }, {}, () => KEY);
  const sent = advance(planned[0].state, { type: "saved", revision: 1 });
  const row = (videoUUID) => ({ taskUUID: KEY, videoURL: `${VIDEO}?${videoUUID}`, videoUUID, cost: 9e9 });
  const { outcome } = describe(respond(sent, JSON.stringify({ data: [row("a"), row("b")] })).state);
  assert.deepEqual(outcome.videos.map(({ costUsd }) => costUsd), [9e9, 9e9]);
  assert.equal(outcome.costUsd, undefined);
});

test("a number beyond the safe integers is rounded, and the step is not lost", (t) => {
  t.mock.method(Date, "now", () => 2 ** 52);
  const { state } = resume({ ...HANDLE, createdAt: 0, acceptedAt: 0 }, 0, {});
  const polled = advance(state, { type: "timeout" });
  const { id } = output(polled, "transmit");
  const text = JSON.stringify({ id: "job-1", status: "IN_PROGRESS", output: 5 });
  const step = advance(polled.state, { type: "response", id, status: 200, retryAfter: null, text });
  assert.ok(output(step, "update").update.etaMs > 2 ** 53);
});

test("a handle whose times leave no room for a retention time is not valid", () => {
  assert.ok(resume({ ...HANDLE, endedAt: 2 ** 52 }, 0, {}));
  for (const name of ["createdAt", "submittedAt", "acceptedAt", "endedAt"]) {
    assert.equal(resume({ ...HANDLE, [name]: 2 ** 53 - 1 }, 0, {}), undefined, name);
  }
});

test("a price beyond the safe integers of micro-dollars is unknown", () => {
  const params = [
    { field: "prompt", providerField: "positivePrompt", type: "text", required: true },
    { field: "duration", providerField: "duration", type: "integer", min: 2, max: 9, required: true },
  ];
  const listing = {
    provider: "runware",
    providerModelId: "dreams:9@1",
    modes: ["text-to-video"],
    params,
    prices: [{ usd: 4e9, per: "second" }],
    status: { state: "live" },
  };
  const models = [{ id: "dream-9", name: "Dream 9", listings: [listing] }];
  const settings = { catalog: { number: 9, models } };
  const raw = { model: "dream-9", prompt: "A dream", duration: 3 };
  assert.equal(quote(raw, settings)[0].basis, "unknown");
  const planned = plan(raw, { availableProviders: ["runware"] }, settings, () => KEY);
  assert.equal(planned[0].state.handle.quote, undefined);
  const short = plan({ ...raw, duration: 2 }, { availableProviders: ["runware"] }, settings, () => KEY);
  assert.equal(short[0].state.handle.quote.max, 8e15);
});

test("a video's long URL is delivered whole", () => {
  const url = `${VIDEO}?signature=${"a".repeat(100_000)}`;
  for (const output of [{ video_url: url }, { result: url }, url, { files: [{ uri: url }] }]) {
    const { outcome } = describe(completed({ output }).state);
    assert.deepEqual(outcome.videos.map((video) => video.url), [url]);
  }
});

test("a video's long URL of Runware is delivered whole", () => {
  const url = `${VIDEO}?signature=${"a".repeat(100_000)}`;
  const text = { model: "sora-2-pro", prompt: "A lighthouse", duration: 4, size: "1280x720" };
  const planned = plan(text, { provider: "runware", availableProviders: ["runware"] }, {}, () => KEY);
  const sent = advance(planned[0].state, { type: "saved", revision: 1 });
  const ended = respond(sent, JSON.stringify({ data: [{ taskUUID: KEY, videoURL: url }] }));
  assert.equal(describe(ended.state).outcome.videos[0].url, url);
});

test("a data URI of a video at RunPod is delivered as data", () => {
  for (const length of [8, 100_000]) {
    const uri = `data:video/mp4;base64,${"AAAA".repeat(length / 4)}`;
    const { outcome } = describe(completed({ output: { video_url: uri } }).state);
    assert.deepEqual([outcome.videos[0].data, outcome.videos[0].url], [uri, undefined]);
  }
});

test("what JSON cannot hold is null in the raw response", () => {
  const huge = Array(50_001).fill(0);
  const mixed = `{"video_url":"${VIDEO}","a":"\\ud83d","b":1e400,"c":${nestedText(60)}}`;
  const ended = respond(submitted(BAKER), `{"id":"job-1","status":"COMPLETED","output":${mixed}}`);
  const { record } = output(advance(ended.state, { type: "saved", revision: 2 }), "save");
  for (const { outcome } of [describe(ended.state), describe(record)]) {
    const { a, b, c } = outcome.raw.output;
    assert.deepEqual([a, b], [null, null]);
    assert.equal(JSON.stringify(c), nestedText(47).replace("7", "null"));
  }
  assert.ok(!JSON.stringify(record).includes("unreadable"));
  const long = completed({ output: { video_url: VIDEO, frames: huge } });
  assert.equal(describe(long.state).outcome.raw.output.frames, null);
});

test("a mark in a stored record is null in the raw response", () => {
  const ended = completed({ output: { video_url: VIDEO } });
  const { record } = output(advance(ended.state, { type: "saved", revision: 2 }), "save");
  record.end.completed.raw.output.a = marked("too_deep");
  assert.deepEqual(describe(record).outcome.raw.output, { video_url: VIDEO, a: null });
});

test("a video's long URL is stored whole", () => {
  const url = `${VIDEO}?signature=${"a".repeat(100_000)}`;
  const ended = completed({ output: { video_url: url } });
  const { record } = output(advance(ended.state, { type: "saved", revision: 2 }), "save");
  const stored = JSON.parse(JSON.stringify(record));
  assert.equal(describe(stored).outcome.videos[0].url, url);
  assert.equal(output(resume(stored, 3, {}), "done").outcome.videos[0].url, url);
});

test("a record keeps its marks", () => {
  const record = { a: [marked("too_deep"), { b: marked("not_finite") }] };
  assert.deepEqual(new Values().encodeRecord(record), record);
  assert.deepEqual(new Values().encodeRecord(marked("x")), marked("not_data"));
  assert.deepEqual(new Values().encodeRecord({ ...marked("too_deep"), b: 1 }), marked("not_data"));
});

test("objects that are not plain data are marked", () => {
  class Options {
    a = 1;
  }
  const others = [
    new Map([["a", 1]]),
    new Set([1]),
    new Date(0),
    new URL("https://example.com"),
    /a/,
    new Blob(["a"]),
    new Error("a"),
    new Number(1),
    Promise.resolve(1),
  ];
  for (const value of others) {
    assert.deepEqual(encode({ a: value }), { a: marked("not_data") }, String(value));
  }
  const bare = Object.assign(Object.create(null), { a: 1 });
  assert.deepEqual(encode([new Options(), bare]), [{ a: 1 }, { a: 1 }]);
});

test("an object that is not plain data is an issue of its field", () => {
  const raw = { ...BAKER, providerOptions: { runpod: { when: new Date(0) } } };
  const found = JSON.stringify(validate(raw, {}));
  assert.ok(found.includes("providerOptions.runpod.when"), found);
});

test("a name with a lone surrogate marks its field and no other", () => {
  assert.deepEqual(encode({ "a\ud83d": 1, b: 2 }), { "a\ufffd": marked("invalid_unicode"), b: 2 });
});

test("a getter that throws marks its field and no other", () => {
  const throwing = { enumerable: true, get: () => assert.fail("read") };
  const raw = Object.defineProperty({ ...BAKER }, "seed", throwing);
  assert.deepEqual(encode(raw), { ...BAKER, seed: marked("not_data") });
  const list = Object.defineProperty([1, 2], 0, throwing);
  assert.deepEqual(encode(list), [marked("not_data"), 2]);
  const found = JSON.stringify(validate(raw, {}));
  assert.ok(found.includes('"path":"seed"') && !found.includes("must be an object"), found);
});

test("a status that is no whole number is none", () => {
  const { state } = submitted(BAKER);
  for (const status of [Symbol("200"), () => 200, NaN, 200.5, {}]) {
    const text = JSON.stringify({ id: "job-1", status: "IN_QUEUE" });
    assert.ok(advance(state, { type: "response", id: 0, status, retryAfter: null, text }));
  }
});
