// The store in a folder: the contract of all stores, what is on the disk, and what other processes
// do to it.
import assert from "node:assert/strict";
import {
  mkdirSync,
  readFileSync,
  readdirSync,
  statSync,
  utimesSync,
  writeFileSync,
} from "node:fs";
import { basename, dirname, join } from "node:path";
import { describe, test } from "node:test";
import { pathToFileURL } from "node:url";
import { takeLock } from "../../pkg/dist/node/file-lock.js";
import { folderStore } from "../../pkg/dist/node/index.js";
import { contract } from "./fixtures/store-contract.js";
import { folderOf, start } from "./processes.mjs";
import { waitFor } from "./support.mjs";

const record = (key, more) => ({ handle: { id: key }, ...more });
const textsIn = (folder) =>
  readdirSync(folder).map((name) => readFileSync(join(folder, name), "utf8"));

describe("folderStore", () => {
  for (const [name, holds] of Object.entries(contract)) {
    test(name, (t) => holds(folderStore(join(folderOf(), "jobs"))));
  }

  test("another store of the same folder has its records, by path or by URL", async (t) => {
    const folder = folderOf();
    await folderStore(folder).put("a", record("a"), 0);
    const again = folderStore(pathToFileURL(folder));
    assert.deepEqual(await again.list(), [{ record: record("a"), revision: 1 }]);
    assert.equal(await again.put("a", record("a"), 0), false);
  });

  test("two stores of one process do not hold a lease concurrently", async (t) => {
    const folder = folderOf();
    const seen = [];
    const work = (name) => async () => {
      seen.push(name);
      await new Promise((resolve) => setTimeout(resolve, 20));
      seen.push(name);
    };
    const leases = ["a", "b", "c"].map((name) => folderStore(folder).lease("key", work(name)));
    await Promise.all(leases);
    assert.deepEqual(seen, [seen[0], seen[0], seen[2], seen[2], seen[4], seen[4]]);
    assert.deepEqual(readdirSync(folder), [], "a lease leaves nothing behind");
  });

  test("files and folder are readable by their owner only", async (t) => {
    const folder = join(folderOf(), "some", "jobs");
    await folderStore(folder).put("a", record("a"), 0);
    for (const each of [folder, dirname(folder)]) assert.equal(statSync(each).mode & 0o777, 0o700);
    for (const name of readdirSync(folder)) {
      assert.equal(statSync(join(folder, name)).mode & 0o777, 0o600);
    }
  });

  test("a put erases the replaced record, and a delete leaves no file", async (t) => {
    const folder = folderOf();
    const store = folderStore(folder);
    await store.put("a", record("a", { body: "a secret prompt" }), 0);
    await store.put("a", record("a", { body: "a later prompt" }), 1);
    await store.put("a", record("a"), 2);
    assert.ok(!textsIn(folder).join().includes("prompt"));
    await store.delete("a");
    assert.deepEqual(readdirSync(folder), []);
  });

  const HOSTILE = [
    "../outside",
    "..",
    ".",
    "",
    "/etc/passwd",
    "a/b",
    "a\\b",
    "nul",
    "a.1.json",
    "%002e",
    "a\0b",
    "\ud800",
    "\ufffd",
    "A",
    "a",
    "ä",
    "long".repeat(1000),
    "__proto__",
  ];
  test("any key stays in the folder and is distinct from other keys", async (t) => {
    const outer = folderOf();
    const folder = join(outer, "jobs");
    const store = folderStore(folder);
    for (const key of HOSTILE) assert.equal(await store.put(key, record(key), 0), true, key);
    for (const key of HOSTILE) {
      assert.deepEqual(await store.get(key), { record: record(key), revision: 1 });
      assert.equal(await store.lease(key, async () => key), key);
    }
    const keys = (await store.list()).map((entry) => entry.record.handle.id);
    assert.deepEqual(keys.sort(), [...HOSTILE].sort());
    assert.deepEqual(readdirSync(outer), ["jobs"]);
    const names = readdirSync(folder);
    assert.equal(new Set(names.map((name) => name.toLowerCase())).size, HOSTILE.length);
    for (const name of names) assert.match(name, /^job-[a-z0-9_%~-]*\.1\.json$/);
    for (const key of HOSTILE) await store.delete(key);
    assert.deepEqual(readdirSync(folder), []);
  });

  test("foreign or incomplete files are skipped", async (t) => {
    const folder = folderOf();
    const store = folderStore(folder);
    for (const key of ["a", "b", "c"]) await store.put(key, record(key), 0);
    const nameOf = (key) => `job-${key}.1.json`;
    const whole = readFileSync(join(folder, nameOf("a")), "utf8");
    const foreign = {
      [nameOf("b")]: whole.slice(0, 20),
      [nameOf("c")]: "",
      [nameOf("d")]: "null",
      [nameOf("e")]: whole,
      "job-f.2.json": whole.replaceAll('"a"', '"f"'),
      [nameOf("g")]: '{"key":"g","revision":1}',
      "job-h.0.json": "{}",
      "notes.txt": "hello",
    };
    for (const [name, text] of Object.entries(foreign)) writeFileSync(join(folder, name), text);
    mkdirSync(join(folder, nameOf("i")));
    assert.deepEqual(await store.list(), [{ record: record("a"), revision: 1 }]);
    for (const key of [..."bcdefghi"]) assert.equal(await store.get(key), undefined, key);
    assert.equal(await store.put("b", record("b"), 0), false, "what is there is not written over");
    await store.delete("b");
    assert.equal(await store.put("b", record("b"), 0), true);
  });

  test("old temporary files of killed processes are deleted", async (t) => {
    const folder = folderOf();
    const store = folderStore(folder);
    const [old, fresh] = ["old", "fresh"].map((name) => join(folder, `job-a.${name}.tmp`));
    for (const path of [old, fresh]) writeFileSync(path, "half of a prompt");
    const hourAgo = Date.now() / 1000 - 3600;
    utimesSync(old, hourAgo, hourAgo);
    await store.list();
    assert.deepEqual(readdirSync(folder), [basename(fresh)]);
  });

  test("a process killed before it emptied the replaced record: the next put does", async (t) => {
    const folder = folderOf();
    const store = folderStore(folder);
    await store.put("a", record("a", { body: "a secret prompt" }), 0);
    const first = readFileSync(join(folder, "job-a.1.json"));
    await store.put("a", record("a", { step: 2 }), 1);
    writeFileSync(join(folder, "job-a.1.json"), first);
    assert.deepEqual(await store.get("a"), { record: record("a", { step: 2 }), revision: 2 });
    await store.put("a", record("a", { step: 3 }), 2);
    assert.ok(!textsIn(folder).join().includes("prompt"));
  });

  test("a folder that cannot be created or read is an error, not an empty store", async (t) => {
    const file = join(folderOf(), "file");
    writeFileSync(file, "");
    const store = folderStore(file);
    await assert.rejects(store.put("a", record("a"), 0), { code: "EEXIST" });
    await assert.rejects(store.list(), { code: "ENOTDIR" });
    await assert.rejects(store.lease("a", async () => assert.fail("nobody holds it")));
  });
});

describe("folderStore between processes", { concurrency: 2 }, () => {
  test("four processes that count on one record lose no step and repeat none", async (t) => {
    const folder = folderOf();
    const all = [1, 2, 3, 4].map(() => start(t, { kind: "count", folder, times: 25 }));
    for (const each of all) await each.ended();
    const { record, revision } = await folderStore(folder).get("counter");
    assert.equal(record.count, 100);
    assert.equal(revision, 100);
  });

  test("four processes hold one lease one after the other", async (t) => {
    const folder = folderOf();
    const inside = join(folderOf(), "inside");
    writeFileSync(inside, "");
    const all = [1, 2, 3, 4].map(() => start(t, { kind: "lease", folder, times: 8, inside }));
    for (const each of all) await each.ended();
    const alone = all.flatMap((each) => each.all("alone"));
    assert.equal(alone.length, 32);
    assert.ok(alone.every(Boolean), JSON.stringify(alone));
  });

  test("a lease passes on when its holder is killed", async (t) => {
    const folder = folderOf();
    const holder = start(t, { kind: "hold", folder });
    await holder.first("holds");
    let isMine = false;
    const lease = folderStore(folder).lease("a", async () => (isMine = true));
    assert.equal(await folderStore(folder).lease("b", async () => isMine), false);
    await holder.kill();
    await lease;
    assert.deepEqual(readdirSync(folder), []);
  });

  test("the end of its process is enough, whatever its last heartbeat", async (t) => {
    const folder = folderOf();
    const holder = start(t, { kind: "hold", folder });
    await holder.first("holds");
    await holder.kill();
    const timing = { heartbeatMs: 1_000, checkMs: 10, maxMisses: Infinity };
    const release = await takeLock(join(folder, "job-a.lock"), undefined, timing);
    await release();
  });

  test("a suspended holder loses it, and when it wakes its put is rejected", async (t) => {
    const folder = folderOf();
    const store = folderStore(folder);
    const lock = join(folder, "lock");
    const timing = { heartbeatMs: 5, checkMs: 10, maxMisses: 500 };
    await store.put("a", record("a"), 0);
    const holder = start(t, { kind: "sleep", folder, lock, timing });
    await holder.first("holds");
    const [own] = readdirSync(lock);

    let isMine = false;
    const mine = takeLock(lock, undefined, timing).then((release) => ((isMine = true), release));
    const beats = new Set();
    await waitFor(() => beats.add(statSync(join(lock, own)).mtimeMs).size > 500);
    assert.equal(isMine, false, "it gives signs of life");

    holder.signal("SIGSTOP");
    const release = await mine;
    assert.equal(await store.put("a", record("a", { by: "the next" }), 1), true);
    holder.signal("SIGCONT");
    assert.equal(await holder.first("wrote"), false);
    await release();
    assert.deepEqual(readdirSync(folder).sort(), ["job-a.1.json", "job-a.2.json"]);
  });

  test("an abort stops waiting for another process, which keeps its lease", async (t) => {
    const folder = folderOf();
    const holder = start(t, { kind: "hold", folder });
    await holder.first("holds");
    const controller = new AbortController();
    const work = () => assert.fail("it is held");
    const waiting = folderStore(folder).lease("a", work, controller.signal);
    controller.abort("enough");
    await assert.rejects(waiting, (reason) => reason === "enough");
    await holder.kill();
    assert.equal(await folderStore(folder).lease("a", async () => "free"), "free");
  });

  test("killed at any moment of a write, it leaves a complete record", async (t) => {
    const folder = folderOf();
    for (let time = 0; time < 12; time++) {
      const store = folderStore(folder);
      const before = (await store.get("a"))?.revision ?? 0;
      await store.delete("a");
      const writer = start(t, { kind: "write", folder, size: 200_000 });
      await waitFor(() => writer.all("wrote").length > time);
      await writer.kill();
      const entry = await store.get("a");
      const reported = writer.all("wrote").at(-1);
      assert.ok(entry.revision >= reported, `${entry.revision} after ${reported}, ${before} before`);
      assert.equal(entry.record.filling.length, 200_000);
      assert.deepEqual((await store.list()).length, 1);
      assert.equal(await store.put("a", record("a"), entry.revision), true);
    }
  });
});
