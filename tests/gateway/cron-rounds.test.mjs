// The Cron Trigger's rounds over the accounts: each has its turn once a round, also those that are new.
import assert from "node:assert/strict";
import { after, test } from "node:test";
import { openObjects } from "./account/objects.mjs";

const objects = await openObjects({ after });
const registry = (method, ...args) => objects.call("REGISTRY", "registry", method, ...args);
const add = (id, createdAt) => registry("putAccount", { id, name: id, createdAt });
const next = async (limit = 2) =>
  (await registry("accountsToTend", limit)).map(({ id, round }) => `${id}${round}`).join(" ");

test("part by part, then from the first one again, each at most once in a part", async () => {
  assert.equal(await next(), "");
  for (const [at, id] of ["a", "b", "c"].entries()) await add(id, at);
  assert.deepEqual([await next(), await next(), await next(), await next()], ["a0 b0", "c0 a1", "b1 c1", "a2 b2"]);
  assert.equal(await next(9), "c2 a3 b3");
});

test("a new account has its turn in the same round", async () => {
  await add("d", 9);
  assert.deepEqual([await next(), await next(9)], ["c3 d3", "a4 b4 c4 d4"]);
});

test("a run that ends early is continued where it ended", async () => {
  const [, second] = await registry("accountsToTend", 4);
  await registry("continueAt", second);
  assert.equal(await next(9), "b5 c5 d5 a6");
});
