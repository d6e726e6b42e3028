// Jobs in a folder that several processes share: one submit, one poller, one charge, whichever process is
// killed.
import assert from "node:assert/strict";
import fs from "node:fs/promises";
import { syncBuiltinESMExports } from "node:module";
import { chmodSync, readFileSync, readdirSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { describe, test } from "node:test";
import { folderStore } from "../../pkg/dist/node/index.js";
import { folderOf, start } from "./processes.mjs";
import {
  KEY,
  PROMPT,
  PROVIDERS,
  REQUESTS,
  TEXT,
  createClient,
  counting,
  failing,
  nothingSent,
  simulator,
  waitFor,
} from "./support.mjs";

const UUID = "0f0e0d0c-0b0a-4908-8706-050403020100";

async function chargedOnce(sim) {
  const { submissions, charges } = await sim.ledger();
  assert.equal(submissions.length, 1);
  assert.equal(charges.length, 1);
}

/** Waits until the provider's response is on disk. */
const stored = (folder, { id: key }) =>
  waitFor(async () => (await folderStore(folder).get(key)).record.handle.acceptedAt);

describe("one job, several processes", { concurrency: 3 }, () => {
  for (const provider of PROVIDERS) {
    test(`${provider}: two resume one job: one of them polls, both get the result`, async (t) => {
      const sim = await simulator(t, { jobDurationMs: 2_000 });
      const folder = folderOf();
      const work = { kind: "generate", folder, settings: sim.settings };
      const submissions = start(t, { ...work, request: REQUESTS[provider], options: { provider } });
      const handle = await submissions.first("handle");
      await stored(folder, handle);
      await submissions.kill();

      const both = [start(t, { ...work, handle }), start(t, { ...work, handle })];
      const [one, other] = await Promise.all(both.map((each) => each.first("outcome")));
      assert.equal(one.videos.length, 1);
      assert.deepEqual(one, other);
      const asked = both.map((each) => each.all("sends").length);
      assert.equal(asked.filter((count) => count > 0).length, 1, `they asked ${asked} times`);
      await chargedOnce(sim);
    });

    test(`${provider}: the one that polls is killed: the next one continues`, async (t) => {
      const sim = await simulator(t, { jobDurationMs: 4_000 });
      const folder = folderOf();
      const work = { kind: "generate", folder, settings: sim.settings };
      const polls = start(t, { ...work, request: REQUESTS[provider], options: { provider } });
      const handle = await polls.first("handle");
      const waits = start(t, { ...work, handle });
      await waits.first("handle");
      await waitFor(() => polls.all("sends").includes("poll"));
      assert.deepEqual(waits.all("sends"), []);
      await polls.kill();
      assert.equal((await waits.first("outcome")).videos.length, 1);
      assert.ok(!waits.all("sends").includes("submit"));
      await chargedOnce(sim);
    });
  }

  test("killed during its submit: the next one polls the job, and does not submit it again", async (t) => {
    const sim = await simulator(t);
    await sim.faults({ operation: "submit", fault: { kind: "latency", ms: 60_000 } });
    const folder = folderOf();
    const work = { kind: "generate", folder, settings: sim.settings };
    const killed = start(t, { ...work, request: TEXT, options: { provider: "runware" } });
    await waitFor(async () => (await sim.ledger()).submissions.length > 0);
    await killed.kill();
    const [{ handle, status }] = await createClient(sim, { store: folderStore(folder) }).jobs({ pending: true });
    assert.equal(status, "submitting");
    const next = start(t, { ...work, handle });
    assert.equal((await next.first("outcome")).videos.length, 1);
    await chargedOnce(sim);
  });

  test("RunPod cannot be polled without an id: killed during its submit, a job is unknown", async (t) => {
    const sim = await simulator(t);
    await sim.faults({ operation: "submit", fault: { kind: "latency", ms: 60_000 } });
    const folder = folderOf();
    const work = { kind: "generate", folder, settings: sim.settings };
    const options = { provider: "runpod" };
    const killed = start(t, { ...work, request: REQUESTS.runpod, options });
    await waitFor(async () => (await sim.ledger()).submissions.length > 0);
    await killed.kill();
    const client = createClient(sim, { store: folderStore(folder) });
    const [{ handle }] = await client.jobs({ pending: true });
    const error = await failing(client.resume(handle).result(), "submission_unknown");
    assert.equal(error.charge, "unknown");
    assert.equal((await sim.ledger()).submissions.length, 1);
  });

  test("RunPod's response was not stored: a newer handle finds the job", async (t) => {
    const sim = await simulator(t);
    const store = folderStore(folderOf());
    // The process ends, as good as, before it stores anything more than what let it submit.
    const put = async (key, record, revision) =>
      record.handle.acceptedAt === undefined && store.put(key, record, revision);
    const controller = new AbortController();
    const ending = createClient(sim, { store: { ...store, put } });
    const job = await ending.submit(REQUESTS.runpod, {
      provider: "runpod",
      signal: controller.signal,
    });
    controller.abort("the process ends");
    const [stored] = await store.list();
    assert.equal(stored.record.handle.jobId, undefined);
    const { videos } = await createClient(sim, { store }).resume(job.handle).result();
    assert.equal(videos.length, 1);
    await chargedOnce(sim);
  });

  test("two submit the same task: one is sent, the other rejects", async (t) => {
    const sim = await simulator(t, { jobDurationMs: 1_500 });
    const folder = folderOf();
    const request = { ...TEXT, taskUUID: UUID };
    const options = { provider: "runware" };
    const work = { kind: "generate", folder, settings: sim.settings, request, options };
    const both = [start(t, work), start(t, work)];
    for (const each of both) await each.ended();
    assert.equal(both.flatMap((each) => each.all("outcome")).length, 1);
    const [error] = both.flatMap((each) => each.all("error"));
    assert.deepEqual([error.code, error.charge], ["store_error", "none"]);
    await chargedOnce(sim);
  });

  test("after the end, the folder holds neither key nor prompt", async (t) => {
    const sim = await simulator(t);
    const folder = folderOf();
    const client = createClient(sim, { store: folderStore(folder) });
    await client.generate(REQUESTS.runpod, { provider: "runpod" });
    const files = readdirSync(folder).filter((name) => name.endsWith(".json"));
    const texts = files.map((name) => readFileSync(join(folder, name), "utf8"));
    assert.ok(texts.join().includes("sora-2-pro"));
    for (const secret of [KEY, PROMPT, REQUESTS.runpod.image]) {
      assert.ok(!texts.join().includes(secret), secret);
    }
  });
});

describe("a folder that cannot be written", () => {
  /** Submits to a store in a folder that is as it should not be. */
  async function refused(t, folder, spoil = () => {}) {
    const sim = await simulator(t);
    const asked = counting();
    const client = createClient(sim, { store: folderStore(folder), fetch: asked.fetch });
    spoil();
    const error = await failing(client.submit(TEXT, { provider: "runware" }), "store_error");
    assert.equal(error.charge, "none");
    assert.deepEqual(asked.seen, []);
    await nothingSent(sim);
    return { error, client, sim };
  }

  test("the path is a file: nothing is sent, nothing is charged", async (t) => {
    const file = join(folderOf(), "jobs");
    writeFileSync(file, "");
    const { error } = await refused(t, file);
    assert.equal(error.cause.code, "EEXIST");
  });

  test("it is read-only: nothing is sent, nothing is charged", async (t) => {
    const folder = folderOf();
    chmodSync(folder, 0o500);
    // To root a folder of its own is never read-only, but one of the kernel's is.
    const isRoot = process.getuid?.() === 0;
    const { error } = await refused(t, isRoot ? "/sys/filmgate" : join(folder, "jobs"));
    assert.match(error.cause.code, /^(EACCES|EPERM|EROFS)$/);
  });

  test("the disk is full: nothing is sent; with space the same request succeeds", async (t) => {
    const { open } = fs;
    const full = async (path, ...how) => {
      const file = await open(path, ...how);
      if (path.endsWith(".tmp")) {
        file.writeFile = () =>
          Promise.reject(Object.assign(new Error("no space left"), { code: "ENOSPC" }));
      }
      return file;
    };
    const use = (opening) => {
      fs.open = opening;
      syncBuiltinESMExports();
    };
    t.after(() => use(open));
    const { error, client, sim } = await refused(t, folderOf(), () => use(full));
    assert.equal(error.cause.code, "ENOSPC");
    assert.equal(error.retryable, true);
    assert.deepEqual(await client.jobs(), []);
    use(open);
    assert.equal((await client.generate(TEXT, { provider: "runware" })).videos.length, 1);
    await chargedOnce(sim);
  });
});
