// A batch is quoted as a whole, and created once for its idempotency key, before anything is sent.
import assert from "node:assert/strict";
import { after, test } from "node:test";
import { openBatches, PRICE_USD, REQUEST, requests, statuses } from "./batches/gateway.mjs";

const served = await openBatches({ after });
const { post, create, batchEnded, call } = served;
const apiKey = await served.createKey();

test("each request becomes a video, in the list of all videos as well", async () => {
  const before = await served.submissions();
  const batch = await create(apiKey, { requests: requests("One fox", "Two foxes", "Three foxes"), budgetUsd: 10, maxConcurrency: 2 });
  assert.match(batch.id, /^batch_[0-9a-f]{64}$/);
  assert.partialDeepStrictEqual(batch, {
    object: "video.batch",
    status: "in_progress",
    ended_at: null,
    budgetUsd: 10,
    maxConcurrency: 2,
    quote: { minUsd: 3 * PRICE_USD, maxUsd: 3 * PRICE_USD },
  });
  const end = await batchEnded(batch.id, apiKey);
  assert.deepEqual(statuses(end), ["completed", "completed", "completed"]);
  assert.deepEqual(end.request_counts, { total: 3, waiting: 0, running: 0, completed: 3, failed: 0, not_started: 0 });
  assert.deepEqual([end.spentUsd, end.reservedUsd], [3 * PRICE_USD, 0]);
  assert.ok(end.ended_at >= end.created_at);
  assert.equal(await served.submissions(), before + 3);
  for (const [at, prompt] of ["One fox", "Two foxes", "Three foxes"].entries()) {
    const { body } = await call(`/v1/videos/${end.items[at].video_id}`, { apiKey });
    assert.deepEqual([body.status, body.prompt], ["completed", prompt]);
  }
  const { body: list } = await call("/v1/videos", { apiKey });
  assert.deepEqual(new Set(list.data.map(({ id }) => id)), new Set(end.items.map(({ video_id: id }) => id)));
});

test("repeated with its key it is the same batch, as JSON Lines, too; another body is refused", async () => {
  const both = requests("A fox at night", "A fox at noon");
  const key = "nightly foxes";
  const first = await create(apiKey, { requests: both, budgetUsd: 1, maxConcurrency: 1 }, { key });
  const before = await served.submissions();
  const again = await Promise.all([1, 2, 3].map(() => create(apiKey, { budgetUsd: "1.00", requests: both, maxConcurrency: 1 }, { key })));
  const body = both.map((request) => `${JSON.stringify(request)}\n\n`).join("");
  const path = "/v1/video-batches?budgetUsd=1&maxConcurrency=1";
  const lines = await create(apiKey, undefined, { key, path, body, headers: { "content-type": "application/jsonl" } });
  assert.deepEqual([...again, lines].map(({ id }) => id), Array(4).fill(first.id));
  const { status, body: refused } = await post(apiKey, { requests: both, budgetUsd: 2 }, { key });
  assert.deepEqual([status, refused.error.code], [422, "idempotency_key_reused"]);
  const end = await batchEnded(first.id, apiKey);
  assert.deepEqual(statuses(end), ["completed", "completed"]);
  assert.ok((await served.submissions()) <= before + 2);
});

test("the problems of all requests come at once, and nothing is sent", async () => {
  const before = await served.submissions();
  const bad = [REQUEST, { ...REQUEST, prompt: "A fox", seconds: "999" }, { ...REQUEST, prompt: "A fox" }, { model: "no-model", prompt: "A fox" }, 7];
  const { status, body } = await post(apiKey, { requests: bad, budgetUsd: 10 });
  assert.deepEqual([status, body.error.code], [400, "invalid_request"]);
  assert.deepEqual([...new Set(body.error.issues.map(({ path }) => path.split(".")[1]))], ["0", "1", "3", "4"]);
  assert.match(body.error.message, /Nothing was sent/);
  const image = "data:image/png;base64,iVBORw0KGgo=";
  const withImage = await post(apiKey, { requests: [{ ...REQUEST, prompt: "A fox", input_reference: image }], budgetUsd: 1 });
  assert.deepEqual([withImage.status, withImage.body.error.code], [400, "invalid_image"]);
  assert.equal(await served.submissions(), before);
});

test("what is no batch is refused", async () => {
  const one = requests("A fox");
  const lines = (count) => `${JSON.stringify(one[0])}\n`.repeat(count);
  const JSON_LINES = { path: "/v1/video-batches?budgetUsd=900", headers: { "content-type": "application/jsonl" } };
  for (const [json, more, expected] of [
    [{ requests: one, budgetUsd: 1 }, { key: null }, [400, "invalid_request"]],
    [{ requests: one, budgetUsd: 0.1 }, {}, [402, "budget_exceeded"]],
    [{ requests: one }, {}, [400, "invalid_request_body"]],
    [{ requests: one, budgetUsd: -1 }, {}, [400, "invalid_request_body"]],
    [{ requests: [], budgetUsd: 1 }, {}, [400, "invalid_request_body"]],
    [{ requests: one, budgetUsd: 1, maxConcurrency: 0 }, {}, [400, "invalid_request_body"]],
    [{ requests: one, budgetUsd: 1, prompt: "A fox" }, {}, [400, "invalid_request_body"]],
    [{ requests: Array(1001).fill(one[0]), budgetUsd: 1 }, {}, [400, "invalid_request_body"]],
    [{ requests: [{ ...one[0], prompt: "a".repeat(1_000_001) }], budgetUsd: 1 }, {}, [413, "payload_too_large"]],
    [undefined, { body: "[".repeat(50_000), headers: { "content-type": "application/json" } }, [400, "invalid_request_body"]],
    [undefined, { body: `{}\n{`, headers: { "content-type": "application/jsonl" } }, [400, "invalid_request_body"]],
    [undefined, { body: lines(1001), ...JSON_LINES }, [400, "invalid_request_body"]],
    [undefined, { body: `{"metadata":[${"0,".repeat(900)}0]}\n`.repeat(50), ...JSON_LINES }, [400, "invalid_request_body"]],
    [undefined, { body: Buffer.from(lines(1).replace("fox", "f\xf6x"), "latin1"), ...JSON_LINES }, [400, "invalid_request_body"]],
    [undefined, { body: "a fox", headers: { "content-type": "text/plain" }, method: "POST" }, [415, "unsupported_media_type"]],
  ]) {
    const { status, body } = await post(apiKey, json, more);
    assert.deepEqual([status, body.error?.code], expected, JSON.stringify([json, more, body]).slice(0, 300));
  }
});

test("a body that is no object says so", async () => {
  for (const json of ["a".repeat(999_990), ["a"], 5, null]) {
    const { status, body } = await post(apiKey, json);
    assert.deepEqual([status, body.error.code, body.error.param], [400, "invalid_request_body", null], JSON.stringify(body));
    assert.match(body.error.message, /must be a JSON object/);
  }
});

test("a field is given once, in the body or in the query", async () => {
  const before = await served.submissions();
  const one = requests("A fox that is paid for");
  const lines = { body: JSON.stringify(one[0]), headers: { "content-type": "application/jsonl" } };
  for (const [json, query, param, more] of [
    [{ requests: one, budgetUsd: 0.6 }, "budgetUsd=100", "budgetUsd"],
    [{ requests: one, budgetUsd: 1, maxConcurrency: 1 }, "maxConcurrency=2", "maxConcurrency"],
    [{ requests: one }, "budgetUsd=1&budgetUsd=100", "budgetUsd"],
    [undefined, "budgetUsd=1&requests=x", "requests", lines],
  ]) {
    const { status, body } = await post(apiKey, json, { path: `/v1/video-batches?${query}`, ...more });
    assert.deepEqual([status, body.error?.code, body.error?.param], [400, "invalid_request_body", param], JSON.stringify(body));
    assert.match(body.error.message, /twice/);
  }
  assert.equal(await served.submissions(), before);
  const alone = await create(apiKey, { requests: one }, { path: "/v1/video-batches?budgetUsd=1&maxConcurrency=2" });
  assert.deepEqual([alone.budgetUsd, alone.maxConcurrency], [1, 2]);
});
