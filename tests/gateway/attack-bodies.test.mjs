// Bodies made to cost time or memory are rejected at once, and the gateway stays available.
import assert from "node:assert/strict";
import { readFileSync } from "node:fs";
import { after, test } from "node:test";
import { gateway } from "./api.mjs";

const served = await gateway({ after });
const apiKey = await served.createKey();

const send = async (path, body) => {
  const headers = { "content-type": "application/json" };
  const answer = await served.call(path, { apiKey, method: "POST", headers, body });
  const length = JSON.stringify(answer.body).length;
  return { status: answer.status, code: answer.body.error?.code, length };
};
/** The processor's time that workerd has taken, as Linux counts it. What else the machine does is not in it. */
const cpuSeconds = () => {
  if (process.platform !== "linux") return 0;
  const [, fields] = readFileSync(`/proc/${served.workerd()}/stat`, "latin1").split(") ");
  const [user, system] = fields.split(" ").slice(11, 13);
  return (Number(user) + Number(system)) / TICKS_PER_SECOND;
};
const nested = (open, close, depth) => open.repeat(depth) + close.repeat(depth);
const many = (count, entry) => Array.from({ length: count }, (_, at) => entry(at)).join(",");

/** 500 000 of anything: over a minute of work, were each of them looked at by every listing. */
const COUNT = 500_000;
const MAX_CPU_SECONDS = 20;
const TICKS_PER_SECOND = 100;
const BODIES = {
  "nested lists": nested("[", "]", 1_000_000),
  "a nested prompt": `{"prompt":${nested("[", "]", 100_000)}}`,
  "a nested picture": `{"prompt":"a","input_reference":${nested("[", "]", 100_000)}}`,
  "a picture in a picture": `{"prompt":"a","filmgate":{"image":${'{"image":'.repeat(20_000)}1${"}".repeat(20_000)}}}`,
  "nested raw fields": `{"prompt":"a","filmgate":{"providerOptions":{"runware":${'{"a":'.repeat(100_000)}1${"}".repeat(100_000)}}}}`,
  "unknown fields": `{${many(COUNT, (at) => `"a${at}":0`)}}`,
  "unknown fields of ours": `{"prompt":"a","filmgate":{${many(COUNT, (at) => `"a${at}":0`)}}}`,
  "pictures": `{"prompt":"a","filmgate":{"referenceImages":[${many(COUNT, () => '"x"')}]}}`,
  "raw fields": `{"prompt":"a","filmgate":{"providerOptions":{"runware":{"a":[${many(COUNT, () => "0")}]}}}}`,
  "a number of digits": `{"prompt":"a","seconds":${"9".repeat(15_000_000)}}`,
  "a text of digits": `{"prompt":"a","seconds":"${"9".repeat(15_000_000)}"}`,
};

for (const path of ["/v1/videos", "/v1/quotes"]) {
  for (const [name, body] of Object.entries(BODIES)) {
    test(`${path}: ${name}`, async () => {
      const before = cpuSeconds();
      const { status, code, length } = await send(path, body);
      assert.ok(cpuSeconds() - before < MAX_CPU_SECONDS, `${cpuSeconds() - before} s`);
      assert.ok(status === 400 || status === 413, `${status} ${code}`);
      assert.ok(length < 20_000, `an answer of ${length} characters`);
      assert.equal((await served.call("/healthz")).status, 200);
    });
  }
}

test("a long prompt is rejected before it is priced", async () => {
  const body = JSON.stringify({ prompt: "🎬".repeat(2_000_000) });
  for (const path of ["/v1/videos", "/v1/quotes"]) {
    const { status, code } = await send(path, body);
    assert.deepEqual([status, code], [413, "payload_too_large"], path);
  }
});

test("a form's `filmgate` has the same depth limit", async () => {
  const form = new FormData();
  form.set("prompt", "A boat");
  form.set("filmgate", `{"image":${nested("[", "]", 100_000)}}`);
  const { status, body } = await served.call("/v1/videos", { apiKey, body: form });
  assert.deepEqual([status, body.error.code], [400, "invalid_request_body"]);
});

test("none of them was sent to a provider", async () => {
  assert.equal((await served.control("ledger")).submissions.length, 0);
});
