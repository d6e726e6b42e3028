// What clients note on their videos, and what OpenAI's SDKs offer that no provider here does.
import assert from "node:assert/strict";
import { after, test } from "node:test";
import { gateway, recorder } from "./api.mjs";

let simulator;
const provider = await recorder({ after }, () => simulator.runware);
const served = await gateway({ after }, {
  vars: (started) => {
    simulator = started;
    return { RUNWARE_BASE_URL: provider.url };
  },
});
const apiKey = await served.createKey();
const create = (json) => served.call("/v1/videos", { apiKey, json: { prompt: "A boat", ...json } });

test("`user` and `metadata` are kept and returned, and sent to no provider", async () => {
  const json = { prompt: "A noted boat", user: "user-4711", metadata: { scene: "twelve", take: "" } };
  const video = await served.generate(apiKey, { ...json, filmgate: { provider: "runware" } });
  assert.deepEqual([video.filmgate.user, video.filmgate.metadata], [json.user, json.metadata]);
  const { body } = await served.call("/v1/videos?limit=1", { apiKey });
  assert.deepEqual(body.data[0].filmgate.metadata, json.metadata);
  const sent = provider.calls.filter((call) => call.body.includes(json.prompt)).map((call) => call.body).join();
  assert.ok(sent.length > 0 && !/4711|scene|twelve/.test(sent));
  assert.ok(!/4711|twelve/.test(served.logs()), "nor logged");
});

test("a form sends them as fields or as JSON", async () => {
  for (const fields of [{ "metadata[scene]": "12" }, { metadata: '{"scene":"12"}' }]) {
    const form = new FormData();
    for (const [name, value] of Object.entries({ prompt: "A boat", user: "u", ...fields })) form.set(name, value);
    const { status, body } = await served.call("/v1/videos", { apiKey, body: form });
    assert.deepEqual([status, body.filmgate?.metadata, body.filmgate?.user], [200, { scene: "12" }, "u"]);
  }
});

test("absent or null, there are none", async () => {
  for (const json of [{}, { user: null, metadata: null }]) {
    const { body } = await create(json);
    assert.deepEqual([body.filmgate.user, body.filmgate.metadata], [undefined, undefined]);
  }
});

const many = Object.fromEntries(Array.from({ length: 17 }, (_, at) => [`a${at}`, "x"]));
const WRONG = [
  ...[5, {}, [], true, "x".repeat(257)].map((user) => ["user", { user }]),
  ...["x", 5, [], ["a"], { a: 1 }, { a: { b: "c" } }, { a: null }, many, { a: "x".repeat(513) }, { ["x".repeat(65)]: "a" }].map(
    (metadata) => ["metadata", { metadata }],
  ),
];
test("anything but short texts is rejected by its name", async () => {
  for (const [param, json] of WRONG) {
    const { status, body } = await create(json);
    assert.deepEqual([status, body.error?.param], [400, param], JSON.stringify(json));
  }
});

test("a name of any kind is kept as it is", async () => {
  const text = '{"prompt":"A boat","metadata":{"__proto__":"a","constructor":"b"}}';
  const headers = { "content-type": "application/json" };
  const { status, body } = await served.call("/v1/videos", { apiKey, method: "POST", headers, body: text });
  assert.equal(status, 200, JSON.stringify(body));
  assert.equal(Object.getOwnPropertyDescriptor(body.filmgate.metadata, "__proto__").value, "a");
});

test("edits, extensions and characters are not offered, by any method", async () => {
  for (const path of ["edits", "extensions", "characters", "characters/char_1"]) {
    for (const method of ["GET", "POST", "DELETE"]) {
      const { status, body } = await served.call(`/v1/videos/${path}`, { apiKey, method });
      assert.deepEqual([status, body.error.code], [404, "not_offered"], `${method} ${path}`);
    }
  }
});

test("a remix takes its source as a video, at a model that takes one", async () => {
  const source = await served.generate(apiKey, { model: "kling-o1", prompt: "A boat", seconds: "5", size: "1280x720" });
  const prompt = "The boat catches fire";
  const remix = await served.call(`/v1/videos/${source.id}/remix`, { apiKey, json: { prompt } });
  assert.equal(remix.status, 200, JSON.stringify(remix.body));
  assert.equal(remix.body.remixed_from_video_id, source.id);
  assert.equal((await served.ended(remix.body.id, apiKey)).status, "completed");
  const sent = provider.calls.map((call) => call.body).find((body) => body.includes(prompt));
  assert.match(sent, new RegExp(`/v1/videos/${source.id}/content\\?index=0&expires=\\d+&signature=`));
});

test("a remix of a model that takes no video says so", async () => {
  const source = await served.generate(apiKey, { model: "gen-4.5", prompt: "A boat", seconds: "5", size: "1280x720" });
  const json = { prompt: "The boat catches fire" };
  const { status, body } = await served.call(`/v1/videos/${source.id}/remix`, { apiKey, json });
  assert.deepEqual([status, body.error.code, body.error.param], [400, "remix_not_supported", "video_id"]);
  assert.match(body.error.message, /gen-4\.5.*video/);
});
