// A run of the Cron Trigger is limited: over several runs every account and every job has its turn.
import assert from "node:assert/strict";
import { test } from "node:test";
import { workerModules } from "./worker-module.mjs";

const { tendJobs } = await workerModules("scheduled.ts");

/** An engine with that many accounts, each with that many open jobs; `tended` are those that were looked after. */
function engine(accounts, jobs) {
  const tended = new Set();
  const infos = Array.from({ length: accounts }, (_, at) => ({ id: `acct_${at}` }));
  const list = async ({ after, limit }) => {
    const from = after === undefined ? 0 : infos.findIndex(({ id }) => id === after) + 1;
    return { data: infos.slice(from, from + limit), hasMore: from + limit < infos.length };
  };
  const report = (id) => ({ open: Array.from({ length: jobs }, (_, at) => ({ jobId: `${id}/${at}`, reservedAt: 0 })) });
  const namespace = (stub) => ({ idFromName: (id) => id, idFromString: (id) => id, get: stub });
  const env = {
    REGISTRY: namespace(() => ({ listAccounts: list })),
    ACCOUNTS: namespace((id) => ({ report: async () => report(id) })),
    JOB_INDEX: namespace(() => ({ storedBefore: async () => [] })),
    JOBS: namespace((id) => ({ tend: async () => void tended.add(id) })),
  };
  return { env, tended };
}

for (const [accounts, jobs, runs] of [[1, 950, 10], [12, 150, 12], [50, 100, 10], [500, 1, 3], [450, 100, 600]]) {
  test(`${accounts} accounts with ${jobs} open jobs each: all are looked after`, async () => {
    const { env, tended } = engine(accounts, jobs);
    let last = 0;
    for (let turn = 2_900_000; turn < 2_900_000 + runs; turn += 1) {
      await tendJobs(env, Date.now(), turn);
      assert.ok(tended.size - last <= 500);
      last = tended.size;
    }
    assert.equal(tended.size, accounts * jobs);
  });
}
