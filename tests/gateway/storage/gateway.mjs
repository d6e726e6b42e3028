// The gateway with a way into what its objects store.
import assert from "node:assert/strict";
import { ALONE, gateway, waitFor } from "../api.mjs";

const ENTRY = "tests/gateway/storage/worker.ts";

/** `gateway()` of api.mjs, with `inside(path, …args)`: a call of worker.ts. */
export async function openStorage(t, settings = {}) {
  const served = await gateway(t, { ...settings, entry: ENTRY });
  const inside = async (path, ...args) => {
    const init = { method: "POST", headers: ALONE, body: JSON.stringify(args) };
    const answer = await fetch(`${served.url}/test/${path}`, init);
    const text = await answer.text();
    assert.equal(answer.status, 200, `${path}: ${text}`);
    return JSON.parse(text);
  };
  /** The id of a key's account, which names its objects. */
  const indexOf = async (apiKey) => `acct_${apiKey.slice("fgw_".length, "fgw_".length + 12)}`;
  return { ...served, inside, indexOf };
}

export const jobIdOf = (video) => (video.id ?? video).replace("video_", "");

/** Resolves to the key and the value of a job's state once all that it does at its end is done. */
export async function settledState(inside, jobId) {
  return waitFor(async () => {
    const { kv } = await inside(`JOBS/${jobId}/dump`);
    const [key, text] = kv.find(([name]) => name.startsWith("state/"));
    const state = JSON.parse(text);
    const isOver = Object.keys(state.due).every((step) => step === "expire" || step === "estimate");
    return state.endedAt !== undefined && isOver && [key, state];
  });
}

/** Lets a job have ended that much earlier, with its steps due so. */
export async function age({ inside, indexOf }, apiKey, id, ms) {
  const jobId = jobIdOf(id);
  const [key, state] = await settledState(inside, jobId);
  state.endedAt -= ms;
  for (const step of Object.keys(state.due)) state.due[step] -= ms;
  await inside(`JOBS/${jobId}/restore`, { kv: [[key, JSON.stringify(state)]], tables: [] });
  await inside(`JOBS/${jobId}/forgetAlarm`);
  await inside(`JOBS/${jobId}/evict`);
  const index = `JOB_INDEX/${await indexOf(apiKey)}/sql`;
  await inside(index, `UPDATE entries SET stored_since = stored_since - ${ms} WHERE job_id = ?`, jobId);
}

/** The tables and indexes of a dumped storage. */
export const schemaOf = ({ tables }) => tables.map(({ sql }) => sql.replace(/\s+/g, " ")).sort();
