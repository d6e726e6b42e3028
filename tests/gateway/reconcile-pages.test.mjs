// More charges are pending than one call of the bulk reconciliation looks at: the calls after it leave out none.
import assert from "node:assert/strict";
import { after, test } from "node:test";
import { openAccount } from "./account/objects.mjs";
import { openKeys } from "./keys.mjs";

const PER_CALL = 400;
const served = await openKeys({ after });
const { admin } = served;

/** An account with so many pending charges. */
async function withPending(name, count) {
  const { id } = await admin("POST", "/accounts", { name });
  const account = await openAccount(served, { name, createdAt: Date.now() }, id);
  const billing = { kind: "pending", reason: "charge_unknown", since: Date.now() };
  const add = async () => {
    const { jobId } = await account.reserve(1);
    await account.recordBilling(jobId, billing);
  };
  for (let at = 0; at < count; at += 50) await Promise.all(Array.from({ length: Math.min(50, count - at) }, add));
  return { id, pending: await account.call("pending", 1000) };
}

test("an account that a call has no room for is looked at from its first charge by the next", async () => {
  const older = await withPending("older", 3);
  const newer = await withPending("newer", PER_CALL);
  const dryRun = (after) => admin("POST", "/reconcile", { decision: "charged", filter: {}, dryRun: true, ...(after && { after }) });
  const first = await dryRun();
  assert.equal(first.next, `${older.id}/`);
  const second = await dryRun(first.next);
  assert.deepEqual([second.http, second.next], [200, null]);
  const within = await withPending("newest", 2);
  assert.equal((await dryRun()).next, `${newer.id}/${newer.pending[PER_CALL - 3]}`, `after ${within.id}`);
});
