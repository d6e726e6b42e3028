// Stale build steps are detected, and two builds do not overlap.
import assert from "node:assert/strict";
import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { join, relative } from "node:path";
import { test } from "node:test";
import { withLock } from "../lib/file-lock.mjs";
import { root } from "../lib/run.mjs";
import { digest } from "../lib/build-cache.mjs";

function folder(t) {
  const full = mkdtempSync(join(root, ".tools", "test-"));
  t.after(() => rmSync(full, { recursive: true }));
  return {
    write: (name, text) => writeFileSync(join(full, name), text),
    path: relative(root, full),
  };
}

test("a digest depends on contents, names and flags only", (t) => {
  const { path, write } = folder(t);
  const seen = [digest([path])];
  const isNew = (value) => !seen.includes(value) && seen.push(value);
  write("a", "one");
  const first = digest([path]);
  assert.ok(isNew(first), "a new file");
  write("a", "two");
  assert.ok(isNew(digest([path])), "new contents");
  assert.ok(isNew(digest([path], ["-Oz"])), "a new flag");
  assert.ok(isNew(digest([path, "no-such-file"])), "an absent file");
  write("b", "");
  assert.ok(isNew(digest([path])), "an empty file");
  rmSync(join(root, path, "b"));
  write("a", "one");
  assert.equal(digest([path]), first, "unchanged again");
});

test("a second build waits for the first, and a failed one releases the lock", async () => {
  const order = [];
  const slow = withLock(async () => {
    order.push("first begins");
    await new Promise((resolve) => setTimeout(resolve, 50));
    order.push("first ends");
    throw new Error("failed");
  });
  const second = withLock(async () => order.push("second begins"));
  await assert.rejects(slow, /failed/);
  await second;
  assert.deepEqual(order, ["first begins", "first ends", "second begins"]);
});
