// An account against a simple model of it, through weeks of random events: the same results, the same sums.
import assert from "node:assert/strict";
import { after, test } from "node:test";
import { openAccount, openObjects } from "./account/objects.mjs";
import { chance } from "../random.mjs";

const objects = await openObjects({ after });
const MINUTE = 60_000;
const DAY = 24 * 60 * MINUTE;
const LIMITS = { dailyBudgetMicroUsd: 5_000_003, monthlyBudgetMicroUsd: 20_000_001, maxConcurrentJobs: 6 };
const STEPS = 250;

/** What the account should do, written as plainly as can be: every sum is made anew from all jobs. */
function model() {
  const jobs = new Map();
  const day = (at) => new Date(at).toISOString().slice(0, 10);
  const counts = ({ state, reserved, spent }) =>
    state === "charged" ? spent : state === "not_charged" ? 0 : reserved;
  const taken = (from) => {
    const wanted = [...jobs.values()].filter((job) => day(job.at).startsWith(from));
    return wanted.reduce((sum, job) => sum + counts(job), 0);
  };
  const open = () => [...jobs.values()].filter(({ state }) => state === "open").length;
  return {
    jobs,
    admits: (now, amount) => {
      if (open() >= LIMITS.maxConcurrentJobs) return "concurrency_limit_exceeded";
      const isOver =
        taken(day(now)) + amount > LIMITS.dailyBudgetMicroUsd ||
        taken(day(now).slice(0, 7)) + amount > LIMITS.monthlyBudgetMicroUsd;
      return isOver ? "budget_exceeded" : "admitted";
    },
    recordBilling: (job, { kind, microUsd = 0 }) => {
      if (job.isForgotten || job.state === "charged") return;
      if (job.state === "not_charged" && kind === "pending") return;
      Object.assign(job, { state: kind, spent: microUsd });
    },
    sweep: (now) => {
      for (const [id, job] of jobs) {
        if (job.state === "open" && job.at <= now - 10 * MINUTE) jobs.delete(id);
        if (job.state === "charged" && job.at <= now - DAY) job.isForgotten = true;
        // It may be charged after all.
        if (job.state === "not_charged" && job.at <= now - 30 * DAY) job.isForgotten = true;
      }
    },
    days: () => {
      const of = (name, sum) => [...jobs.values()].filter((job) => day(job.at) === name).reduce(sum, 0);
      const held = ({ state }) => state === "open" || state === "pending";
      return Object.fromEntries(
        [...new Set([...jobs.values()].map(({ at }) => day(at)))].map((name) => [
          name,
          {
            spentMicroUsd: of(name, (sum, job) => sum + (job.state === "charged" ? job.spent : 0)),
            reservedMicroUsd: of(name, (sum, job) => sum + (held(job) ? job.reserved : 0)),
            jobs: of(name, (sum) => sum + 1),
          },
        ]),
      );
    },
  };
}

for (const seed of [1, 2, 3]) {
  test(`seed ${seed}`, async () => {
    const random = chance(seed);
    const below = (most) => Math.floor(random() * most);
    const { reserve, recordBilling, report, call } = await openAccount(objects, LIMITS, String(seed));
    const expected = model();
    let now = Date.parse("2030-01-25T22:00:00Z");
    const seen = { admitted: 0, budget_exceeded: 0, concurrency_limit_exceeded: 0 };
    for (let step = 0; step < STEPS; step++) {
      now += below(4) === 0 ? below(6 * 60 * MINUTE) : below(MINUTE);
      objects.setClock(new Date(now).toISOString());
      const [turn, ids] = [below(10), [...expected.jobs.keys()]];
      if (turn < 5) {
        const amount = below(1_500_000);
        const wanted = expected.admits(now, amount);
        const { jobId, error } = await reserve(amount);
        assert.equal(error?.code ?? "admitted", wanted, `step ${step}`);
        seen[wanted]++;
        if (jobId) expected.jobs.set(jobId, { at: now, reserved: amount, state: "open", spent: 0 });
      } else if (turn < 9 && ids.length > 0) {
        const id = ids[Math.max(0, ids.length - 1 - below(10))];
        const billing = [
          { kind: "charged", microUsd: below(1_600_000), isEstimate: false },
          { kind: "not_charged" },
          { kind: "pending", reason: "submission_unknown" },
        ][below(3)];
        await recordBilling(id, billing);
        expected.recordBilling(expected.jobs.get(id), billing);
      } else if (turn === 9) {
        await call("sweep");
        expected.sweep(now);
      }
      const { days } = await report();
      const sums = Object.fromEntries(days.map(({ day, ...rest }) => [day, rest]));
      const wanted = expected.days();
      for (const [day, { jobs, ...rest }] of Object.entries(sums)) {
        const nothing = { spentMicroUsd: 0, reservedMicroUsd: 0, jobs: 0 };
        assert.deepEqual({ ...rest, jobs }, wanted[day] ?? nothing, `step ${step}, ${day}`);
      }
      assert.ok(Object.keys(wanted).every((day) => day in sums), `step ${step}: every day`);
    }
    objects.setClock(undefined);
    for (const [answer, times] of Object.entries(seen)) assert.ok(times > 5, `${answer}: ${times}`);
  });
}
