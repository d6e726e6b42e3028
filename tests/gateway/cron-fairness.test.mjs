// A run of the Cron Trigger is limited: over several runs every account and every job has its turn.
import assert from "node:assert/strict";
import { test } from "node:test";
import { workerModules } from "./worker-module.mjs";

const { tendJobs } = await workerModules("scheduled.ts");

/** The platform's limit, less what the catalog may take in the same run. */
const MAX_CALLS = 950;

/**
 * An engine with that many accounts, each with that many open jobs, jobs that are kept too long, and batches. `tended` are those
 * that were looked after; `calls` counts the calls of objects.
 */
function engine(accounts, { open = 0, kept = 0, batches = 0 }) {
  const tended = new Set();
  let calls = 0;
  let next = { at: 0, round: 0 };
  const ids = Array.from({ length: accounts }, (_, at) => `acct_${at}`);
  const namesOf = (kind, id, count) => Array.from({ length: count }, (_, at) => `${id}/${kind}/${at}`);
  /** Another part in each round, as the objects do. */
  const partOf = (list, limit, round) => {
    const from = (round % Math.max(1, Math.ceil(list.length / limit))) * limit;
    return list.slice(from, from + limit);
  };
  const stub = (methods) =>
    Object.fromEntries(
      Object.entries(methods).map(([name, method]) => [
        name,
        async (...args) => {
          calls += 1;
          return method(...args);
        },
      ]),
    );
  const namespace = (methodsOf) => ({ idFromName: (id) => id, idFromString: (id) => id, get: (id) => stub(methodsOf(id)) });
  const env = {
    RETENTION_DAYS: "7",
    REGISTRY: namespace(() => ({
      accountsToTend: (limit) => {
        const turns = [];
        for (let { at, round } = next; turns.length < Math.min(limit, ids.length); at += 1) {
          if (at === ids.length) [at, round] = [0, round + 1];
          turns.push({ id: ids[at], at, round });
        }
        const { at, round } = turns.at(-1);
        next = { at: at + 1, round };
        return turns;
      },
      continueAt: ({ at, round }) => void (next = { at, round }),
    })),
    ACCOUNTS: namespace((id) => ({
      toTend: (limit, round) => ({ jobIds: partOf(namesOf("open", id, open), limit, round), keyRetentionDays: {} }),
    })),
    JOB_INDEX: namespace((id) => ({
      // Those that were looked after are gone.
      storedBefore: (_, limit) => namesOf("kept", id, kept).filter((name) => !tended.has(name)).slice(0, limit),
      batchesToTend: (limit, round) => partOf(namesOf("batch", id, batches), limit, round),
    })),
    JOBS: namespace((id) => ({ tend: () => void tended.add(id) })),
    BATCHES: namespace((id) => ({ read: () => void tended.add(id) })),
  };
  return { env, tended, calls: () => calls };
}

for (const [accounts, has, runs] of [
  [1, { open: 950 }, 10],
  [12, { open: 150 }, 4],
  [50, { open: 100 }, 10],
  [500, { open: 1 }, 3],
  [450, { open: 100 }, 60],
  [40, { open: 100, kept: 50, batches: 20 }, 10],
  [400, { open: 150 }, 100],
  [3_000, { open: 1, kept: 1, batches: 1 }, 30],
]) {
  test(`${accounts} accounts with ${JSON.stringify(has)} each: all are looked after, with a limited number of calls a run`, async () => {
    const { env, tended, calls } = engine(accounts, has);
    let last = 0;
    for (let run = 0; run < runs; run += 1) {
      await tendJobs(env, Date.now());
      assert.ok(calls() - last <= MAX_CALLS, `${calls() - last} calls`);
      last = calls();
    }
    const each = Object.values(has).reduce((sum, count) => sum + count);
    assert.equal(tended.size, accounts * each);
  });
}
