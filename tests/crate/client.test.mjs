// `examples/client.rs`: a Rust program that generates videos with the client, is killed, and continues.
import assert from "node:assert/strict";
import { spawn } from "node:child_process";
import { once } from "node:events";
import { readFileSync, readdirSync } from "node:fs";
import { join } from "node:path";
import { before, describe, test } from "node:test";
import { buildPrograms } from "../../scripts/lib/native.mjs";
import { root } from "../../scripts/lib/run.mjs";
import { KEY, simulator, waitFor } from "../client/support.mjs";
import { temporaryFolder } from "../../scripts/lib/temporary-folder.mjs";

const PROMPT = "A lighthouse in the rain";

let program;
before(async () => {
  program = (await buildPrograms()).client;
});

/** Starts the program; `ended` resolves to its exit code and output. */
function start(t, provider, baseURL, ...args) {
  const name = provider.toUpperCase();
  const env = { PATH: process.env.PATH, [`${name}_API_KEY`]: KEY, [`${name}_BASE_URL`]: baseURL };
  const child = spawn(program, args, { cwd: root, env, stdio: ["ignore", "pipe", "pipe"] });
  const output = { out: "", err: "" };
  child.stdout.on("data", (text) => (output.out += text));
  child.stderr.on("data", (text) => (output.err += text));
  t.after(() => child.kill("SIGKILL"));
  return { child, output, ended: once(child, "close").then(([code]) => ({ code, ...output })) };
}

/** Asserts that a folder has one video, which is a complete MP4, and nothing else of it. */
function hasVideo(folder) {
  const [name, ...others] = readdirSync(folder).filter((each) => each !== "jobs");
  assert.deepEqual(others, []);
  const bytes = readFileSync(join(folder, name));
  assert.equal(bytes.subarray(4, 8).toString(), "ftyp");
  assert.ok(bytes.includes("moov") && bytes.includes("mdat"));
}

describe("the example of the Rust client", { concurrency: 2 }, () => {
  for (const provider of ["runpod", "runware"]) {
    test(`${provider}: generates a video and leaves nothing pending`, async (t) => {
      const sim = await simulator(t);
      const folder = temporaryFolder("client");
      const { code, out, err } = await start(t, provider, sim[provider], folder, PROMPT).ended;
      assert.deepEqual([code, err], [0, ""]);
      assert.match(out, /^completed \d+$[^]*^video .*\.mp4$/m);
      hasVideo(folder);
      assert.ok(!(out + readFileSync(join(folder, "jobs", recordOf(folder)), "utf8")).includes(KEY));
      const again = await start(t, provider, sim[provider], folder).ended;
      assert.deepEqual([again.code, again.out, again.err], [0, "", ""]);
      const { submissions, totalMicroUsd } = await sim.ledger();
      assert.deepEqual([submissions.length, totalMicroUsd], [1, 500_000]);
    });

    test(`${provider}: killed while the job runs, the next run downloads the video`, async (t) => {
      const sim = await simulator(t, { jobDurationMs: 600_000 });
      const folder = temporaryFolder("client");
      const first = start(t, provider, sim[provider], folder, PROMPT);
      await waitFor(() => /^(queued|running)/m.test(first.output.out));
      first.child.kill("SIGKILL");
      await first.ended;
      await sim.control("advance", { ms: 700_000 });
      const second = await start(t, provider, sim[provider], folder).ended;
      assert.deepEqual([second.code, second.err], [0, ""]);
      hasVideo(folder);
      const { submissions, charges } = await sim.ledger();
      assert.deepEqual([submissions.length, charges.length], [1, 1]);
    });

    test(`${provider}: killed while it downloads, the next run downloads the video`, async (t) => {
      const sim = await simulator(t);
      const folder = temporaryFolder("client");
      await sim.faults({ operation: "download", times: 50, fault: { kind: "truncatedStream" } });
      const first = start(t, provider, sim[provider], folder, PROMPT);
      await waitFor(() => readdirSync(folder).some((name) => name.endsWith(".mp4.part")));
      first.child.kill("SIGKILL");
      await first.ended;
      await sim.faults();
      const second = await start(t, provider, sim[provider], folder).ended;
      assert.deepEqual([second.code, second.err], [0, ""]);
      hasVideo(folder);
      const { submissions, charges } = await sim.ledger();
      assert.deepEqual([submissions.length, charges.length], [1, 1]);
    });
  }
});

const recordOf = (folder) => readdirSync(join(folder, "jobs")).find((name) => name.endsWith(".json"));
