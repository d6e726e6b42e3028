// An output that cannot be written: what is paid is never called unpaid, and the video is not lost.
import assert from "node:assert/strict";
import { spawn } from "node:child_process";
import { once } from "node:events";
import { closeSync, existsSync, openSync, readdirSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { describe, test } from "node:test";
import { simulator } from "../client/support.mjs";
import { PROGRAM, REQUEST, environmentOf, workplace } from "./support.mjs";

/** Each write to it fails, as on a full disk. */
const FULL = "/dev/full";
const GENERATE = ["generate", ...REQUEST, "--max-cost", "1", "--provider", "runpod"];

/** Runs it with full outputs: `code` and `stderr`, unless that is full. */
async function runFull({ cwd, env }, args, { isErrFull = false } = {}) {
  const full = openSync(FULL, "w");
  const child = spawn(process.execPath, [PROGRAM, ...args], { cwd, env, stdio: ["ignore", full, isErrFull ? full : "pipe"] });
  let stderr = "";
  child.stderr?.on("data", (data) => (stderr += data));
  const [code] = await once(child, "close");
  closeSync(full);
  return { code, stderr };
}

const videos = ({ cwd }) => readdirSync(cwd).filter((name) => name.endsWith(".mp4"));

describe("stdout on a full disk", { skip: !existsSync(FULL), concurrency: 2 }, () => {
  /** A job that takes so long, and a folder whose commands use it. */
  async function placeWith(t, jobDurationMs = 300) {
    const sim = await simulator(t, { jobDurationMs });
    return { sim, ...workplace(t, environmentOf(sim)) };
  }

  for (const [what, more] of [["the file's name", []], ["events", ["--json"]]]) {
    test(`generate: ${what} cannot be written; the video is there, and the code says that it was billed`, async (t) => {
      const place = await placeWith(t);
      const { code, stderr } = await runFull(place, [...GENERATE, ...more]);
      assert.equal(code, 7, stderr);
      assert.match(stderr, /stdout cannot be written \(ENOSPC\)/);
      assert.equal(videos(place).length, 1, stderr);
      assert.equal((await place.sim.ledger()).charges.length, 1);
    });
  }

  test("generate -o -: the video cannot be written, the code says that it was billed, and `download` gets it", async (t) => {
    const place = await placeWith(t);
    const { code, stderr } = await runFull(place, [...GENERATE, "-o", "-"]);
    assert.equal(code, 7, stderr);
    assert.match(stderr, /The video cannot be written: ENOSPC.*It was billed\./);
    const [{ handle }] = JSON.parse((await place.run(["jobs", "--json"])).stdout);
    assert.equal((await place.run(["download", handle.id])).code, 0);
  });

  test("generate --timeout: the code says that the job continues", async (t) => {
    const place = await placeWith(t, 600_000);
    const { code, stderr } = await runFull(place, [...GENERATE, "--json", "--timeout", "8"]);
    assert.equal(code, 9, stderr);
  });

  test("batch: the videos are there, and the code says that they were billed", async (t) => {
    const place = await placeWith(t);
    writeFileSync(join(place.cwd, "requests.jsonl"), JSON.stringify({ prompt: "A fox", model: "wan-2.6", duration: 5, resolution: "720p" }));
    const { code, stderr } = await runFull(place, ["batch", "requests.jsonl", "--max-cost", "1"]);
    assert.equal(code, 7, stderr);
    assert.equal(videos(place).length, 1);
  });

  test("a command that pays nothing fails, and says why", async (t) => {
    const { code, stderr } = await runFull(workplace(t), ["models"]);
    assert.equal(code, 1);
    assert.equal(stderr, "stdout cannot be written (ENOSPC).\n");
  });

  test("and stderr, too: the video is there", async (t) => {
    const place = await placeWith(t);
    const { code } = await runFull(place, GENERATE, { isErrFull: true });
    assert.equal(code, 7);
    assert.equal(videos(place).length, 1);
  });
});
