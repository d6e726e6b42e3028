// workerd is killed while a batch runs: it continues by itself, and each of its requests is charged once.
import assert from "node:assert/strict";
import { test } from "node:test";
import { waitFor } from "./api.mjs";
import { openBatches, PRICE_USD, requests, statuses } from "./batches/gateway.mjs";

const COUNT = 9;
const KILLS = 3;

test("killed again and again, each request is one charge, within the budget", async (t) => {
  const served = await openBatches(t, { jobDurationMs: 1_500 });
  const apiKey = await served.createKey();
  const prompts = Array.from({ length: COUNT }, (_, at) => `Fox number ${at}`);
  const budgetUsd = (COUNT - 1) * PRICE_USD;
  const json = { requests: requests(...prompts), budgetUsd, maxConcurrency: 3 };
  const { id } = await served.create(apiKey, json, { key: "killed" });
  for (let kill = 1; kill <= KILLS; kill++) {
    const wanted = Math.floor((kill * COUNT) / (KILLS + 1));
    await waitFor(async () => (await served.control("ledger")).submissions.length >= wanted);
    await served.restart();
    const { body } = await served.post(apiKey, json, { key: "killed" });
    assert.equal(body.id, id);
  }
  const end = await served.batchEnded(id, apiKey, ({ spentUsd, reservedUsd }) => assert.ok(spentUsd + reservedUsd <= budgetUsd));
  assert.deepEqual(statuses(end), [...Array(COUNT - 1).fill("completed"), "not_started"]);
  const { submissions, totalMicroUsd } = await served.control("ledger");
  assert.equal(submissions.filter(({ outcome }) => outcome === "accepted").length, COUNT - 1);
  assert.equal(Math.round(end.spentUsd * 1e6), totalMicroUsd);
  assert.equal(new Set(end.items.flatMap(({ video_id: video }) => video ?? [])).size, COUNT - 1);
});
