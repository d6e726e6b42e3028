// The first response is lost: the SDK retries, and one job is created and charged.
import assert from "node:assert/strict";
import { once } from "node:events";
import { connect, createServer } from "node:net";
import { after, test } from "node:test";
import OpenAI, { toFile } from "openai";
import { gateway, IMAGE_FIELDS } from "./api.mjs";

const served = await gateway({ after });
const ORDER = { prompt: "A paper boat on a rainy street" };

/** A port that leads to the gateway, and breaks the connection in place of the first answers. */
async function breaking(answers) {
  const { port } = new URL(served.url);
  let left = answers;
  let lost = 0;
  const server = createServer((near) => {
    const far = connect(Number(port), "127.0.0.1");
    for (const socket of [near, far]) socket.on("error", () => {});
    near.pipe(far);
    far.on("data", (bytes) => {
      if (left > 0) {
        left -= 1;
        lost += 1;
        near.resetAndDestroy();
        far.destroy();
      } else {
        near.write(bytes);
      }
    });
    far.on("end", () => near.end());
  }).listen(0, "127.0.0.1");
  await once(server, "listening");
  after(() => server.close());
  return { url: `http://127.0.0.1:${server.address().port}`, lost: () => lost };
}

const orders = {
  "as the SDK sends it": () => ORDER,
  "with an image, which the SDK encodes anew": async () => ({
    ...ORDER,
    prompt: "Another boat",
    input_reference: await toFile(IMAGE_FIELDS.jpeg, "first.jpg", { type: "image/jpeg" }),
  }),
};

for (const [name, order] of Object.entries(orders)) {
  test(`a request ${name} finds its first attempt`, async () => {
    const apiKey = await served.createKey();
    const { url, lost } = await breaking(2);
    const client = new OpenAI({ apiKey: apiKey, baseURL: `${url}/v1`, maxRetries: 3 });
    const before = await served.submissions();
    const { id } = await client.videos.create(await order());
    assert.equal(lost(), 2);
    assert.equal((await served.ended(id, apiKey)).status, "completed");
    assert.equal(await served.submissions(), before + 1);
    const { body } = await served.call("/v1/videos", { apiKey });
    assert.deepEqual(body.data.map((video) => video.id), [id]);
  });
}

test("equal requests over the concurrency limit are a video each, by the SDK's own retries", async () => {
  const apiKey = await served.createKey({ maxConcurrentJobs: 2 });
  const client = new OpenAI({ apiKey, baseURL: `${served.url}/v1`, maxRetries: 30 });
  const order = { ...ORDER, prompt: "Six equal boats" };
  const videos = await Promise.all(Array.from({ length: 6 }, () => client.videos.create(order)));
  assert.equal(new Set(videos.map(({ id }) => id)).size, 6);
});

test("the retry of a request that equals a deleted one is a new video", async () => {
  const apiKey = await served.createKey();
  const order = { ...ORDER, prompt: "A deleted boat" };
  const first = await served.generate(apiKey, order);
  await served.call(`/v1/videos/${first.id}`, { apiKey, method: "DELETE" });
  const headers = { "x-stainless-retry-count": "1" };
  const { status, body } = await served.call("/v1/videos", { apiKey, headers, json: order });
  assert.equal(status, 200, JSON.stringify(body));
  assert.notEqual(body.id, first.id);
});

test("two requests with one body, neither a retry, are two videos", async () => {
  const client = new OpenAI({ apiKey: await served.createKey(), baseURL: `${served.url}/v1` });
  const [one, two] = await Promise.all([client.videos.create(ORDER), client.videos.create(ORDER)]);
  assert.notEqual(one.id, two.id);
});

test("a key names one job, however often and in whatever encoding it is sent", async () => {
  const apiKey = await served.createKey();
  const headers = { "idempotency-key": "boat 1" };
  const order = { ...ORDER, seconds: 5, filmgate: { provider: "runware" } };
  const asked = await Promise.all(
    Array.from({ length: 8 }, () => served.call("/v1/videos", { apiKey, headers, json: order })),
  );
  const form = new FormData();
  form.set("filmgate[provider]", "runware");
  form.set("seconds", "5");
  form.set("prompt", ORDER.prompt);
  asked.push(await served.call("/v1/videos", { apiKey, headers, body: form }));
  assert.deepEqual([...new Set(asked.map(({ status }) => status))], [200]);
  assert.equal(new Set(asked.map(({ body }) => body.id)).size, 1);
  const other = { ...order, seconds: 10 };
  const refused = await served.call("/v1/videos", { apiKey, headers, json: other });
  assert.equal(refused.status, 422);
  assert.equal(refused.body.error.code, "idempotency_key_reused");
  const strange = { "idempotency-key": "x".repeat(256) };
  const long = await served.call("/v1/videos", { apiKey, headers: strange, json: order });
  assert.equal(long.status, 400);
  assert.equal(long.body.error.param, "Idempotency-Key");
});

test("another API key's idempotency key is another key", async () => {
  const headers = { "idempotency-key": "boat 2" };
  const [one, two] = await Promise.all(
    [await served.createKey(), await served.createKey()].map((apiKey) =>
      served.call("/v1/videos", { apiKey, headers, json: ORDER }),
    ),
  );
  assert.notEqual(one.body.id, two.body.id);
});
