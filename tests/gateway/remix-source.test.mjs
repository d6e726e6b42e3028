// The source of a remix, or of OpenRouter's `previous_job_id`: a provider is never paid to fetch a file that is gone, and a
// repeated request finds its job even if its source is gone.
import assert from "node:assert/strict";
import { after, test } from "node:test";
import { waitFor } from "./api.mjs";
import { age, jobIdOf, openStorage } from "./storage/gateway.mjs";

const DAY_MS = 24 * 60 * 60 * 1000;
const served = await openStorage({ after }, { vars: { RETENTION_DAYS: "1" } });
const { call, inside } = served;
const apiKey = await served.createKey();
const SOURCE = { model: "kling-o1", seconds: "5", size: "1280x720" };
const GONE = [410, "expired"];

const generate = (prompt) => served.generate(apiKey, { ...SOURCE, prompt });
const content = (id) => call(`/v1/videos/${id}/content`, { apiKey });

/** Both ways to use a video as a source, each with its own idempotency key. */
const WAYS = {
  remix: (id, key) =>
    call(`/v1/videos/${id}/remix`, { apiKey, json: { prompt: "It burns" }, headers: { "idempotency-key": `remix ${key}` } }),
  previous: (previous_job_id, key) => {
    const json = { model: "kling-o1", prompt: "It sinks", duration: 5, size: "1280x720", previous_job_id };
    return call("/api/v1/videos", { apiKey, json, headers: { "idempotency-key": `previous ${key}` } });
  },
};
const answers = async (id, key) => {
  const told = [];
  for (const use of Object.values(WAYS)) {
    const { status, body } = await use(id, key);
    told.push([status, body.error?.metadata?.code ?? body.error?.code ?? body.id]);
  }
  return told;
};
const drop = async (id) => {
  const files = (await inside("bucket")).filter((key) => key.includes(jobIdOf(id)));
  assert.ok(files.length > 0);
  for (const key of files) await inside("drop", key);
};
const expire = async (id) => {
  await age(served, apiKey, id, 2 * DAY_MS);
  // A read of the video wakes a job whose alarm is late.
  await waitFor(async () => (await call(`/v1/videos/${id}`, { apiKey })).body.prompt === null);
};

for (const [name, lose] of Object.entries({ "deleted from the bucket": drop, "past its retention": expire })) {
  test(`a source ${name} is refused as its content is, and nothing is charged`, async () => {
    const { id } = await generate(`A boat ${name}`);
    await lose(id);
    const before = await served.submissions();
    assert.deepEqual(await answers(id, name), [GONE, GONE]);
    const { status, body } = await content(id);
    assert.deepEqual([status, body.error.code], GONE);
    assert.equal(await served.submissions(), before);
  });
}

test("a provider's own remix needs no file, but what its source asked for", async () => {
  const sora = { model: "sora-2", prompt: "A boat of the provider", seconds: "8", size: "1280x720" };
  const { id } = await served.generate(apiKey, sora);
  await drop(id);
  const { status, body } = await WAYS.remix(id, "own");
  assert.deepEqual([status, body.seconds], [200, "8"], JSON.stringify(body));
  assert.equal((await served.ended(body.id, apiKey)).status, "completed");
  await expire(id);
  const late = await WAYS.remix(id, "own and late");
  assert.deepEqual([late.status, late.body.error?.code], GONE);
});

const REMOVALS = {
  "deleted from the bucket": [drop, [GONE, GONE]],
  deleted: [
    async (id) => assert.equal((await call(`/v1/videos/${id}`, { apiKey, method: "DELETE" })).status, 200),
    [[404, "not_found"], [404, "not_found"]],
  ],
};
for (const [name, [lose, refused]] of Object.entries(REMOVALS)) {
  test(`a repeated request finds its job after its source was ${name}`, async () => {
    const { id } = await generate(`Another boat, ${name}`);
    const first = await answers(id, `repeated ${name}`);
    assert.deepEqual(first.map(([status]) => status), [200, 202], JSON.stringify(first));
    for (const [, made] of first) assert.equal((await served.ended(made, apiKey)).status, "completed");
    await lose(id);
    const before = await served.submissions();
    assert.deepEqual(await answers(id, `repeated ${name}`), first);
    assert.deepEqual(await answers(id, `first after ${name}`), refused);
    assert.equal(await served.submissions(), before);
  });
}
