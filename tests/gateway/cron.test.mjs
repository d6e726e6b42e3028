// The Cron Trigger: in the configuration, exported, and run by the program that runs the gateway on this machine.
import assert from "node:assert/strict";
import { readFileSync } from "node:fs";
import { test } from "node:test";
import { startGateway } from "../../scripts/lib/gateway.mjs";
import { startSimulator } from "../../scripts/lib/simulator.mjs";
import { ALONE, waitFor } from "./api.mjs";
import { jobIdOf } from "./storage/gateway.mjs";

test("the configuration has the trigger", () => {
  const config = readFileSync(new URL("../../worker/wrangler.jsonc", import.meta.url), "utf8");
  assert.match(config, /"triggers": \{ "crons": \["\*\/10 \* \* \* \*"\] \}/);
});

test("run locally, it revives a job whose alarm was lost, although nobody asks for it", async (t) => {
  const simulator = await startSimulator({ args: ["--job-duration-ms", "2000"] });
  t.after(() => simulator.stop());
  const entry = "tests/gateway/storage/worker.ts";
  const gateway = await startGateway({ simulator, entry, cronSeconds: 1 });
  t.after(() => gateway.stop());
  const send = async (path, init) => {
    const answer = await fetch(gateway.url + path, { method: "POST", ...init, headers: { ...ALONE, ...init.headers } });
    return answer.json();
  };
  const inside = (path, ...args) => send(`/test/${path}`, { body: JSON.stringify(args) });
  const { apiKey, accountId } = await gateway.createKey();
  const headers = { authorization: `Bearer ${apiKey}`, "content-type": "application/json" };
  const video = await send("/v1/videos", { headers, body: JSON.stringify({ prompt: "A boat" }) });
  const job = `JOBS/${jobIdOf(video)}`;
  const stateOf = async () => {
    const { kv } = await inside(`${job}/dump`);
    return kv.find(([name]) => name.startsWith("state/"));
  };
  await waitFor(async () => JSON.parse((await stateOf())[1]).due.poll !== undefined);
  // A minute and a half ago it was reserved, and its alarm was due.
  const [key, text] = await stateOf();
  const state = JSON.parse(text);
  state.due.poll -= 90_000;
  await inside(`${job}/restore`, { kv: [[key, JSON.stringify(state)]], tables: [] });
  await inside(`${job}/forgetAlarm`);
  await inside(`${job}/evict`);
  await inside(`ACCOUNTS/${accountId}/sql`, "UPDATE reservations SET at = at - 90000");
  await waitFor(async () => JSON.parse((await stateOf())[1]).endedAt !== undefined);
});
