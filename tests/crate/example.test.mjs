// `examples/generate/`: a Rust program that generates videos over HTTP, is killed, and continues.
import assert from "node:assert/strict";
import { spawn } from "node:child_process";
import { once } from "node:events";
import { mkdtempSync, readFileSync, readdirSync, rmSync } from "node:fs";
import { createServer } from "node:http";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { before, describe, test } from "node:test";
import { buildPrograms } from "../../scripts/lib/native.mjs";
import { root } from "../../scripts/lib/run.mjs";
import { simulator, waitFor } from "../client/support.mjs";

const PROVIDERS = ["runpod", "runware"];
const KEY = "key-that-no-one-may-see";
const PROMPT = "A lighthouse in the rain";

let program;
before(async () => {
  program = (await buildPrograms()).generate;
});

/** The programs that a test has started. */
const running = new Map();

function folder(t) {
  const made = mkdtempSync(join(tmpdir(), "filmgate-generate-"));
  // A program that still runs would write into the folder while it is removed.
  t.after(async () => {
    await Promise.all((running.get(t) ?? []).map(({ child, ended }) => child.kill("SIGKILL") && ended));
    rmSync(made, { recursive: true, force: true });
  });
  return made;
}

/** Starts the program; `ended` resolves to its exit code and output. */
function start(t, provider, baseURL, ...args) {
  const name = provider.toUpperCase();
  const env = { PATH: process.env.PATH, [`${name}_API_KEY`]: KEY, [`${name}_BASE_URL`]: baseURL };
  const child = spawn(program, args, { cwd: root, env, stdio: ["ignore", "pipe", "pipe"] });
  const output = { out: "", err: "" };
  child.stdout.on("data", (text) => (output.out += text));
  child.stderr.on("data", (text) => (output.err += text));
  const ended = once(child, "close").then(([code, signal]) => ({ code, signal, ...output }));
  running.set(t, [...(running.get(t) ?? []), { child, ended }]);
  return { child, ended };
}

/** Asserts that a folder has one video, which is a complete MP4. */
function hasVideo(place) {
  const videos = readdirSync(place).filter((name) => name.endsWith(".mp4"));
  assert.equal(videos.length, 1);
  const bytes = readFileSync(join(place, videos[0]));
  assert.equal(bytes.subarray(4, 8).toString(), "ftyp");
  assert.ok(bytes.includes("moov") && bytes.includes("mdat"));
}

function holdsNoSecret(place, ...texts) {
  const records = readdirSync(place).filter((name) => /\.(json|done)$/.test(name));
  const stored = records.map((name) => readFileSync(join(place, name), "utf8"));
  for (const text of [...texts, ...stored]) assert.ok(!text.includes(KEY));
}

describe("the Rust example", { concurrency: 4 }, () => {
  for (const provider of PROVIDERS) {
    test(`${provider}: generates a video and leaves nothing pending`, async (t) => {
      const sim = await simulator(t);
      const place = folder(t);
      const { code, out, err } = await start(t, provider, sim[provider], place, PROMPT).ended;
      assert.deepEqual([code, err], [0, ""]);
      assert.match(out, /^submitting 0$[^]*^completed 100$[^]*^video .*\.mp4$/m);
      hasVideo(place);
      holdsNoSecret(place, out);
      const again = await start(t, provider, sim[provider], place).ended;
      assert.deepEqual([again.code, again.out, again.err], [0, "", ""]);
      const { submissions, totalMicroUsd } = await sim.ledger();
      assert.deepEqual([submissions.length, totalMicroUsd], [1, 500_000]);
    });

    test(`${provider}: killed while the job runs, the next run downloads the video`, async (t) => {
      const sim = await simulator(t, { jobDurationMs: 600_000 });
      const place = folder(t);
      const first = start(t, provider, sim[provider], place, PROMPT);
      const accepted = () => readRecord(place)?.handle.acceptedAt;
      await waitFor(accepted);
      first.child.kill("SIGKILL");
      assert.equal((await first.ended).signal, "SIGKILL");
      await sim.control("advance", { ms: 600_000 });
      const second = await start(t, provider, sim[provider], place).ended;
      assert.deepEqual([second.code, second.err], [0, ""]);
      hasVideo(place);
      const { submissions, charges } = await sim.ledger();
      assert.deepEqual([submissions.length, charges.length], [1, 1]);
    });

    test(`${provider}: killed before the submit's response, it is not submitted again`, async (t) => {
      const sim = await simulator(t, { jobDurationMs: 2_500 });
      await sim.faults({ operation: "submit", fault: { kind: "latency", ms: 60_000 } });
      const place = folder(t);
      const first = start(t, provider, sim[provider], place, PROMPT);
      await waitFor(async () => (await sim.ledger()).submissions.length > 0);
      first.child.kill("SIGKILL");
      await first.ended;
      const second = await start(t, provider, sim[provider], place).ended;
      if (provider === "runware") {
        assert.deepEqual([second.code, second.err], [0, ""], "Runware can be reconciled");
        hasVideo(place);
      } else {
        assert.equal(second.code, 1);
        assert.match(second.err, /^submission_unknown: /);
        holdsNoSecret(place, second.err);
        assert.ok(!second.err.includes(PROMPT));
        const third = await start(t, provider, sim[provider], place, "Another prompt").ended;
        assert.match(third.err, /^submission_unknown: /, "the unknown job comes first");
      }
      const { submissions } = await sim.ledger();
      assert.deepEqual(submissions.map(({ outcome }) => outcome), ["accepted"]);
    });

    test(`${provider}: the record is on the disk before the submit is sent`, async (t) => {
      const place = folder(t);
      const found = [];
      const server = createServer((request, response) => {
        found.push(readRecord(place)?.handle.provider);
        response.writeHead(401).end("{}");
      });
      await new Promise((listening) => server.listen(0, "127.0.0.1", listening));
      t.after(() => server.close());
      const origin = `http://127.0.0.1:${server.address().port}`;
      const { code, err } = await start(t, provider, origin, place, PROMPT).ended;
      assert.equal(code, 1);
      assert.match(err, /^unauthorized: /);
      assert.ok(readdirSync(place).some((name) => name.endsWith(".done")));
      assert.deepEqual(found, [provider]);
    });
  }

  test("a second process does not use the folder", async (t) => {
    const sim = await simulator(t, { jobDurationMs: 60_000 });
    const place = folder(t);
    start(t, "runpod", sim.runpod, place, PROMPT);
    await waitFor(async () => (await sim.ledger()).submissions.length === 1);
    const second = await start(t, "runpod", sim.runpod, place, PROMPT).ended;
    assert.equal(second.code, 1);
    assert.equal((await sim.ledger()).submissions.length, 1);
  });

  test("needs the core alone", () => {
    const folder = join(root, "examples", "generate");
    for (const name of readdirSync(folder)) {
      assert.doesNotMatch(readFileSync(join(folder, name), "utf8"), /filmgate::(client|\{[^}]*\bclient\b)/, name);
    }
  });

  test("nothing is sent without a key", async (t) => {
    const place = folder(t);
    const child = start(t, "elsewhere", "http://127.0.0.1:1", place, PROMPT);
    const { code, err } = await child.ended;
    assert.equal(code, 1);
    assert.match(err, /^No API key for /);
    assert.equal(readRecord(place), undefined);
  });
});

function readRecord(place) {
  const name = readdirSync(place).find((each) => each.endsWith(".json"));
  return name && JSON.parse(readFileSync(join(place, name), "utf8")).record;
}
