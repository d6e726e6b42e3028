// The Cron Trigger: in the configuration, exported, and run by the program that runs the gateway on this machine.
import assert from "node:assert/strict";
import { readFileSync } from "node:fs";
import { test } from "node:test";
import { startGateway } from "../../scripts/lib/gateway.mjs";
import { startSimulator } from "../../scripts/lib/simulator.mjs";
import { ALONE, host, waitFor } from "./api.mjs";
import { jobIdOf, openStorage } from "./storage/gateway.mjs";

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

/** A job whose charge is known, and with steps due, has lost its alarm an hour ago. `{ stateOf, tended }` */
async function loseAlarm(served, apiKey, video, isReady) {
  const { inside } = served;
  const job = `JOBS/${jobIdOf(video)}`;
  const stored = async () => (await inside(`${job}/dump`)).kv.find(([name]) => name.startsWith("state/"));
  const stateOf = async () => JSON.parse((await stored())[1]);
  const ready = await waitFor(async () => {
    const state = await stateOf();
    return state.billing?.kind === "charged" && state.due.reconcile === undefined && isReady(state) && state;
  });
  for (const step of Object.keys(ready.due)) ready.due[step] -= 3_600_000;
  for (const entry of ready.videos) if (entry.nextAt) entry.nextAt -= 3_600_000;
  const [key] = await stored();
  await inside(`${job}/restore`, { kv: [[key, JSON.stringify(ready)]], tables: [] });
  await inside(`${job}/forgetAlarm`);
  await inside(`${job}/evict`);
  const account = `ACCOUNTS/${await served.indexOf(apiKey)}/sql`;
  await inside(account, "UPDATE reservations SET at = at - 3600000");
  const tended = async () => (await inside(account, "SELECT job_id FROM reservations WHERE settled = 0")).length;
  return { stateOf, tended };
}

test("a job whose charge is known already is revived, and its video is archived", async (t) => {
  const served = await openStorage(t);
  await served.control("fault", { operation: "download", times: 1000, fault: { kind: "error", status: 503 } });
  const apiKey = await served.createKey();
  const { body: video } = await served.call("/v1/videos", { apiKey, json: { prompt: "A boat" } });
  const { stateOf, tended } = await loseAlarm(served, apiKey, video, ({ due, videos }) => due.archive && videos[0].tries >= 1);
  await served.control("faults", []);
  await served.inside("scheduled");
  await waitFor(async () => (await stateOf()).videos[0].file !== undefined);
  await waitFor(async () => (await tended()) === 0);
});

test("a job that has only its webhook left is revived, and delivers it", async (t) => {
  let status = 503;
  const delivered = [];
  const hook = await host(t, ({ url }, answer) => {
    if (status === 200) delivered.push(url);
    answer.writeHead(status).end();
  });
  const served = await openStorage(t, { vars: ({ origin }) => ({ TRUSTED_ORIGINS: `${origin}, ${hook}` }) });
  const apiKey = await served.createKey({ webhook: { url: `${hook}/end` } });
  const video = await served.generate(apiKey);
  const { stateOf, tended } = await loseAlarm(served, apiKey, video, ({ webhookEvent, due }) => webhookEvent?.tries >= 1 && !due.poster);
  status = 200;
  await served.inside("scheduled");
  await waitFor(() => delivered.length > 0);
  await waitFor(async () => (await tended()) === 0);
  assert.deepEqual([delivered, (await stateOf()).due.notify], [["/end"], undefined]);
});
