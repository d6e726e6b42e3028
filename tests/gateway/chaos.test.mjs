// Forty jobs at once, faults at the providers, workerd killed while they are submitted: what `npm run chaos:gateway`
// does with a thousand and by chance, here with faults of which none takes minutes to settle.
import assert from "node:assert/strict";
import { test } from "node:test";
import { judge } from "../../simtest/gateway/checker.mjs";
import { run } from "../../simtest/gateway/run.mjs";

const rule = (provider, operation, skip, times, fault) => ({ provider, operation, skip, times, fault });
const FAULTS = [
  rule("runpod", "submit", 1, 2, { kind: "resetAfter" }),
  rule("runpod", "submit", 2, 3, { kind: "rateLimit" }),
  rule("runpod", "submit", 1, 1, { kind: "html", status: 502 }),
  rule("runware", "submit", 2, 3, { kind: "resetAfter" }),
  rule("runware", "submit", 1, 2, { kind: "truncated" }),
  rule(undefined, "poll", 3, 8, { kind: "error", status: 503 }),
  rule(undefined, "poll", 1, 5, { kind: "truncated" }),
  rule(undefined, "poll", 2, 5, { kind: "resetBefore" }),
  rule(undefined, "webhook", 2, 8, { kind: "resetBefore" }),
  rule(undefined, "webhook", 2, 3, { kind: "duplicate" }),
  rule(undefined, "download", 2, 6, { kind: "truncatedStream" }),
  rule(undefined, "download", 1, 2, { kind: "truncated" }),
  rule(undefined, "download", 1, 2, { kind: "error", status: 403 }),
];

test("each film that is billed is kept, none is ordered twice, and the books are exact", async (t) => {
  const jobs = 40;
  const settings = { jobs, kills: 1, tokens: 4, jobDurationMs: 2000, graceMinutes: 0.05 };
  const evidence = await run({ ...settings, faults: FAULTS, say: (text) => t.diagnostic(text) });
  const { figures, broken } = judge(evidence);
  t.diagnostic(JSON.stringify(figures));
  assert.deepEqual(broken, []);
  assert.equal(figures.ordered, jobs);
  assert.ok(figures.refused.budget_exceeded > 0, "an account has less money than it asks for");
  // How many submits are on their way when workerd is killed is the machine's affair.
  assert.ok(figures.filmsInR2 > 0, "some are filmed");
});
