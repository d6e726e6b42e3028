// The files of videos: what is wrong with them is found before anything is paid, and no paid video is called unpaid.
import assert from "node:assert/strict";
import { existsSync, readFileSync, readdirSync, rmSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { test } from "node:test";
import { simulator, waitFor } from "../client/support.mjs";
import { REQUEST, environmentOf, events, workplace } from "./support.mjs";

const GENERATE = ["generate", ...REQUEST, "--max-cost", "1", "--json"];

/** A folder whose commands use simulated providers; a job runs until `finishJobs`. */
async function placeWith(t, more = {}) {
  const sim = await simulator(t, { jobDurationMs: 600_000 });
  const finishJobs = () => sim.control("advance", { ms: 600_000 });
  return { sim, finishJobs, ...workplace(t, { ...environmentOf(sim), ...more }) };
}

for (const command of [[...GENERATE, "-o", "file/fox.mp4"], ["batch", "requests.jsonl", "--max-cost", "1", "-o", "file/videos"]]) {
  test(`${command[0]}: a folder that cannot be written is found before anything is paid`, async (t) => {
    const { sim, cwd, run } = await placeWith(t);
    writeFileSync(join(cwd, "file"), "");
    writeFileSync(join(cwd, "requests.jsonl"), JSON.stringify({ prompt: "A fox", model: "wan-2.6", duration: 5, resolution: "720p" }));
    const { code, stderr } = await run(command);
    assert.equal(code, 2);
    assert.match(stderr, /The folder file\S* cannot be written \(E\w+\)\. Pass another one with --output/);
    assert.deepEqual((await sim.ledger()).submissions, []);
  });
}

test("a paid video whose file cannot be written is exit code 7, and the printed command fetches it", async (t) => {
  const { sim, cwd, finishJobs, start, run } = await placeWith(t);
  const child = start([...GENERATE, "-o", "videos/fox.mp4"]);
  await child.event("progress");
  rmSync(join(cwd, "videos"), { recursive: true });
  writeFileSync(join(cwd, "videos"), "");
  await finishJobs();
  const { code, stderr, stdout } = await child.ended;
  assert.equal(code, 7, stderr);
  assert.match(stderr, /The video cannot be written: EEXIST.*It was billed\./);
  assert.equal(events({ stdout }).at(-1).exitCode, 7);
  const [, command] = /Resume it with: filmgate (.*)/.exec(stderr);
  rmSync(join(cwd, "videos"));
  assert.equal((await run(command.split(" "))).code, 0);
  assert.ok(existsSync(join(cwd, "videos/fox.mp4")));
  assert.equal((await sim.ledger()).charges.length, 1);
});

test("batch: a paid video whose file cannot be written is exit code 7", async (t) => {
  const { sim, cwd, finishJobs, start } = await placeWith(t);
  writeFileSync(join(cwd, "requests.jsonl"), JSON.stringify({ prompt: "A fox", model: "wan-2.6", duration: 5, resolution: "720p" }));
  const child = start(["batch", "requests.jsonl", "--max-cost", "1", "--json", "-o", "videos"]);
  await waitFor(async () => (await sim.ledger()).submissions.length > 0);
  rmSync(join(cwd, "videos"), { recursive: true });
  writeFileSync(join(cwd, "videos"), "");
  await finishJobs();
  const { code, stderr } = await child.ended;
  assert.equal(code, 7, stderr);
  assert.match(stderr, /The video cannot be written: EEXIST.*It was billed\./);
});

test("the printed command has the folder of the jobs, and that a file may be replaced", async (t) => {
  const { cwd, finishJobs, start, run } = await placeWith(t, { FILMGATE_STORE: "" });
  writeFileSync(join(cwd, "fox.mp4"), "old");
  const child = start([...GENERATE, "-o", "fox.mp4", "--force", "--store", "my jobs"]);
  await child.event("progress");
  const { stderr } = await child.kill("SIGINT");
  const [, id] = /Resume it with: filmgate resume (\S+) --output fox\.mp4 --force --store 'my jobs'/.exec(stderr);
  await finishJobs();
  const resumed = await run(["resume", id, "--output", "fox.mp4", "--force", "--store", "my jobs"]);
  assert.equal(resumed.code, 0, resumed.stderr);
  assert.notEqual(readFileSync(join(cwd, "fox.mp4"), "utf8"), "old");
});

test("a file that another program has made meanwhile is not replaced", async (t) => {
  const { cwd, finishJobs, start } = await placeWith(t);
  const child = start([...GENERATE, "-o", "fox.mp4"]);
  const { id } = await child.event("progress");
  writeFileSync(join(cwd, "fox.mp4"), "mine");
  await finishJobs();
  const { code, stdout, stderr } = await child.ended;
  assert.equal(code, 0, stderr);
  assert.equal(readFileSync(join(cwd, "fox.mp4"), "utf8"), "mine");
  const file = `filmgate-${id.slice(0, 8)}.mp4`;
  assert.equal(events({ stdout }).at(-1).file, file);
  assert.deepEqual(readdirSync(cwd).filter((name) => name.endsWith(".mp4")).sort(), [file, "fox.mp4"]);
});
