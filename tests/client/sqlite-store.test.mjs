// `filmgate/sqlite`: the contract of all stores, what is on the disk, and several processes. A Node without `node:sqlite`
// says so, and runs the rest in one that has it.
import assert from "node:assert/strict";
import { execFile } from "node:child_process";
import { readFileSync, readdirSync, statSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { describe, test } from "node:test";
import { fileURLToPath, pathToFileURL } from "node:url";
import { promisify } from "node:util";
import { createFilmgate } from "../../pkg/dist/index.js";
import { sqliteStore } from "../../pkg/dist/node/sqlite-store.js";
import { modernNode } from "../../scripts/lib/node.mjs";
import { contract } from "./fixtures/store-contract.js";
import { folderOf, start } from "./processes.mjs";
import { TEXT, simulator, waitFor } from "./support.mjs";

const hasSqlite = process.getBuiltinModule("node:sqlite") !== undefined;

const record = (key, more) => ({ handle: { id: key }, ...more });
const fileIn = (folder) => join(folder, "jobs.db");

if (!hasSqlite) {
  test("a runtime without node:sqlite is told what to use", () => {
    assert.throws(() => sqliteStore("jobs.db"), { code: "store_error", charge: "none", message: /Node 22\.13.*folderStore/ });
  });

  test("in a Node that has it", { timeout: 300_000 }, async () => {
    const { NODE_TEST_CONTEXT, ...env } = process.env;
    const args = ["--test", "--test-reporter=tap", fileURLToPath(import.meta.url)];
    const { stdout } = await promisify(execFile)(await modernNode(), args, { env }).catch((error) => error);
    assert.match(stdout, /^# fail 0$/m, stdout);
    assert.match(stdout, /^# pass [1-9]\d$/m, stdout);
  });
} else {
  describe("sqliteStore", () => {
    for (const [name, holds] of Object.entries(contract)) {
      test(name, (t) => holds(sqliteStore(fileIn(folderOf()))));
      test(`in memory: ${name}`, () => holds(sqliteStore(":memory:")));
    }

    test("another store of the same file has its records, by path or by URL", async (t) => {
      const file = fileIn(folderOf());
      await sqliteStore(file).put("a", record("a"), 0);
      const again = sqliteStore(pathToFileURL(file));
      assert.deepEqual(await again.list(), [{ record: record("a"), revision: 1 }]);
      assert.equal(await again.put("a", record("a"), 0), false);
    });

    test("its files are readable by their owner only", async (t) => {
      const folder = folderOf();
      const store = sqliteStore(fileIn(folder));
      await store.put("a", record("a", { body: "a secret prompt" }), 0);
      const names = readdirSync(folder);
      assert.ok(names.includes("jobs.db-wal"), names.join());
      for (const name of names) assert.equal(statSync(join(folder, name)).mode & 0o777, 0o600, name);
    });

    test("a table of another program, or a row that is not a record, is in no one's way", async (t) => {
      const file = fileIn(folderOf());
      const { DatabaseSync } = await import("node:sqlite");
      const store = sqliteStore(file);
      const database = new DatabaseSync(file);
      database.exec("CREATE TABLE users (name TEXT); INSERT INTO filmgate_jobs VALUES ('b', 1, 'not JSON')");
      await store.put("a", record("a"), 0);
      assert.deepEqual(await store.list(), [{ record: record("a"), revision: 1 }]);
      assert.equal(await store.get("b"), undefined);
    });

    test("a file that is no database is a `store_error`, and stays as it is", async (t) => {
      const file = fileIn(folderOf());
      writeFileSync(file, "notes of someone, which are longer than the header of a database".repeat(20));
      const before = readFileSync(file, "utf8");
      assert.throws(() => sqliteStore(file), { code: "store_error", charge: "none" });
      assert.equal(readFileSync(file, "utf8"), before);
      assert.throws(() => sqliteStore(join(file, "jobs.db")), { code: "store_error" });
      for (const odd of [5, null, undefined, {}]) assert.throws(() => sqliteStore(odd), { code: "invalid_request" });
    });
  });

  describe("several processes", { concurrency: 3 }, () => {
    test("four processes add one each on top of the other and lose none", async (t) => {
      const database = fileIn(folderOf());
      const all = [1, 2, 3, 4].map(() => start(t, { kind: "count", database, times: 15 }));
      for (const each of all) await each.ended();
      const { record, revision } = await sqliteStore(database).get("counter");
      assert.deepEqual([record.count, revision], [60, 60]);
    });

    test("a lease passes on when its holder is killed", async (t) => {
      const database = fileIn(folderOf());
      const holder = start(t, { kind: "hold", database });
      await holder.first("holds");
      let isMine = false;
      const lease = sqliteStore(database).lease("a", async () => (isMine = true));
      assert.equal(await sqliteStore(database).lease("b", async () => isMine), false);
      await holder.kill();
      await lease;
    });

    test("killed at any moment of a write, it leaves a complete record", async (t) => {
      const database = fileIn(folderOf());
      for (let time = 0; time < 4; time++) {
        const store = sqliteStore(database);
        await store.delete("a");
        const writer = start(t, { kind: "write", database, size: 200_000 });
        await waitFor(() => writer.all("wrote").length > time);
        await writer.kill();
        const entry = await store.get("a");
        assert.ok(entry.revision >= writer.all("wrote").at(-1));
        assert.equal(entry.record.filling.length, 200_000);
      }
    });

    test("killed after its submit: another process finishes the job, with one charge", async (t) => {
      const sim = await simulator(t, { jobDurationMs: 1_500 });
      const database = fileIn(folderOf());
      const submits = start(t, { kind: "generate", database, settings: sim.settings, request: TEXT });
      const { id } = await submits.first("handle");
      await submits.kill();
      const client = createFilmgate({ ...sim.settings, store: sqliteStore(database) });
      const [{ handle }] = await client.jobs({ pending: true });
      assert.equal(handle.id, id);
      assert.equal((await client.resume(handle).result()).videos.length, 1);
      const { submissions, charges } = await sim.ledger();
      assert.deepEqual([submissions.length, charges.length], [1, 1]);
    });
  });
}
