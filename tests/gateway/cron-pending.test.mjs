// Charges that are unknown do not keep the Cron Trigger from the jobs that run.
import assert from "node:assert/strict";
import { after, test } from "node:test";
import { waitFor } from "./api.mjs";
import { jobIdOf, openStorage } from "./storage/gateway.mjs";

const served = await openStorage({ after }, { jobDurationMs: 2_000 });
const { inside } = served;

test("a thousand older unknown charges hide no lost alarm", async () => {
  const apiKey = await served.createKey();
  const account = `ACCOUNTS/${await served.indexOf(apiKey)}`;
  const { body: video } = await served.call("/v1/videos", { apiKey, json: { prompt: "A boat" } });
  const job = `JOBS/${jobIdOf(video)}`;
  const stored = async () => (await inside(`${job}/dump`)).kv.find(([name]) => name.startsWith("state/"));
  const stateOf = async () => JSON.parse((await stored())[1]);
  await waitFor(async () => (await stateOf()).due.poll !== undefined);
  const [key] = await stored();
  const state = await stateOf();
  state.due.poll -= 90_000;
  await inside(`${job}/restore`, { kv: [[key, JSON.stringify(state)]], tables: [] });
  await inside(`${job}/forgetAlarm`);
  await inside(`${job}/evict`);
  await inside(`${account}/sql`, "UPDATE reservations SET at = at - 90000");
  await inside(
    `${account}/sql`,
    `WITH RECURSIVE n(i) AS (SELECT 1 UNION ALL SELECT i + 1 FROM n WHERE i < 1000)
     INSERT INTO reservations (job_id, key_id, usage_key, spend_ids, model, body_hash, at, micro_usd, state, reason)
     SELECT printf('%064x', i), 'key', 'key', '[]', 'wan-2.6', '', i, 1, 'pending', 'charge_unknown timeout runware' FROM n`,
  );
  const { open } = await inside(`${account}/report`);
  assert.ok(open.some(({ jobId }) => jobId === jobIdOf(video)), "the report has it");
  assert.equal(open.length, 1001);
  // So many jobs of an account have their turn in one run: over these all have theirs.
  for (let run = 0; run <= 10; run += 1) await inside("scheduled", run * 600_000);
  await waitFor(async () => (await stateOf()).endedAt !== undefined);
});
