// RunPod's and Runware's own Python clients. Each script prints its results as one line of JSON.
import assert from "node:assert/strict";
import { execFile } from "node:child_process";
import { join } from "node:path";
import { test } from "node:test";
import { promisify } from "node:util";
import { pythonPackages } from "../../scripts/lib/python.mjs";
import { ENDPOINT, INPUT, isVideo, simulator } from "./support.mjs";

const interpreter = join(pythonPackages("tests/third_party_clients"), "python");
const { runpod, runware, ledger } = await simulator();

async function runScript(script, env) {
  const file = join(import.meta.dirname, script);
  const given = { ...process.env, ...env, PYTHONUTF8: "1" };
  const options = { env: given, timeout: 120_000 };
  const { stdout } = await promisify(execFile)(interpreter, [file], options);
  return JSON.parse(stdout.trim().split("\n").at(-1));
}

const billed = async (provider) =>
  (await ledger()).charges.filter((bill) => bill.provider === provider).map((bill) => bill.microUsd);

test("runpod: a video is generated and downloaded; a job is cancelled; a wrong key is rejected", async () => {
  const env = { RUNPOD_ENDPOINT_BASE_URL: runpod, ENDPOINT, INPUT: JSON.stringify(INPUT) };
  const { first, video, sync, cancelled, rejected, health } = await runScript("runpod_client.py", env);
  assert.equal(first, "IN_QUEUE");
  assert.deepEqual([video.cost, sync.cost], [1.2, 1.2]);
  await isVideo(video.video_url);
  assert.equal(cancelled, "CANCELLED");
  assert.match(rejected, /401/);
  assert.equal(health.jobs.completed, 2);
  assert.deepEqual(await billed("runpod"), [1_200_000, 1_200_000]);
});

test("runware-sdk: videos are generated and downloaded; problems are reported; wrong keys are rejected", async () => {
  const { videos, invalid, failed, rejected, broke } = await runScript("runware_client.py", {
    RUNWARE_BASE: runware,
  });
  assert.equal(videos.length, 2);
  for (const video of videos) {
    assert.equal(video.cost, 2.4);
    await isVideo(video.videoURL);
  }
  assert.deepEqual(invalid, { code: "validation", parameter: "duration", status: 400 });
  assert.equal(failed.code, "provider");
  assert.deepEqual([rejected.code, rejected.status], ["auth", 401]);
  assert.deepEqual([broke.code, broke.status], ["quota", 402]);
  assert.deepEqual(await billed("runware"), [2_400_000, 2_400_000]);
});
