// A policy for unknown charges that is set later decides on those that are pending already, by the age that they have.
import assert from "node:assert/strict";
import { after, test } from "node:test";
import { waitFor } from "./api.mjs";
import { jobIdOf, openStorage, settledState } from "./storage/gateway.mjs";

const HOUR_MS = 3_600_000;
const UNKNOWN_CHARGES = "content_policy_violation=not_charged@1h, generation_failed=charged@3h";
const served = await openStorage({ after }, { vars: { UNKNOWN_CHARGES } });
const { call, inside } = served;

/** A job whose charge is unknown for so long, and that knows of no policy. */
async function pending(apiKey, directive, ms) {
  const json = { prompt: `A boat ${directive}`, filmgate: { provider: "runware" } };
  const { body } = await call("/v1/videos", { apiKey, json });
  const { filmgate } = await served.ended(body.id, apiKey);
  assert.equal(filmgate.billing.kind, "pending");
  const job = `JOBS/${jobIdOf(body.id)}`;
  const [key, state] = await settledState(inside, jobIdOf(body.id));
  state.due = {};
  state.billing.since -= ms;
  await inside(`${job}/restore`, { kv: [[key, JSON.stringify(state)]], tables: [] });
  await inside(`${job}/forgetAlarm`);
  await inside(`${job}/evict`);
  await inside(`ACCOUNTS/${await served.indexOf(apiKey)}/sql`, "UPDATE reservations SET at = at - 90000");
  return body.id;
}

const billing = async (apiKey, id) => (await call(`/v1/videos/${id}`, { apiKey })).body.filmgate.billing;

test("the Cron Trigger applies it, each charge after its own time", async () => {
  const apiKey = await served.createKey();
  const [refused, young, failed] = [
    await pending(apiKey, "[moderated]", 2 * HOUR_MS),
    await pending(apiKey, "[moderated]", 0),
    await pending(apiKey, "[fail]", 4 * HOUR_MS),
  ];
  await inside("scheduled");
  await waitFor(async () => (await billing(apiKey, refused)).kind !== "pending");
  await waitFor(async () => (await billing(apiKey, failed)).kind !== "pending");
  assert.deepEqual(await billing(apiKey, refused), { kind: "not_charged", isEstimate: true });
  assert.equal((await billing(apiKey, failed)).kind, "charged");
  const { since, kind } = await billing(apiKey, young);
  assert.equal(kind, "pending");
  const at = await inside(`JOBS/${jobIdOf(young)}/alarmAt`);
  assert.ok(Math.abs(at - since - HOUR_MS) < 60_000, "its alarm is an hour after it became pending");
});

test("also for a video that its owner has deleted", async () => {
  const apiKey = await served.createKey();
  const account = `ACCOUNTS/${await served.indexOf(apiKey)}`;
  const id = await pending(apiKey, "[moderated]", 2 * HOUR_MS);
  assert.equal((await call(`/v1/videos/${id}`, { apiKey, method: "DELETE" })).status, 200);
  assert.equal((await inside(`${account}/report`)).open.length, 1);
  await inside("scheduled");
  await waitFor(async () => (await inside(`${account}/report`)).open.length === 0);
});
