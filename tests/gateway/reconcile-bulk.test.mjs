// An admin decides on many unknown charges at once: by a filter, first as a dry run.
import assert from "node:assert/strict";
import { test } from "node:test";
import { waitFor } from "./api.mjs";
import { jobIdOf, openStorage } from "./storage/gateway.mjs";

const HALF = 0.5;

/** A gateway with four pending charges of $0.50: three of one API key, of two kinds, and one of another. */
async function withPending(t) {
  const served = await openStorage(t);
  const { call, admin, ended } = served;
  const keys = [];
  for (const name of ["editors", "others"]) keys.push(await served.createKey({ name, dailyBudgetUsd: 10 }));
  const order = async (apiKey, directive) => {
    const filmgate = { provider: "runware", resolution: "720p" };
    const json = { model: "wan-2.6", prompt: `${directive} A fox`, seconds: "5", filmgate };
    const { body } = await call("/v1/videos", { apiKey, json });
    return ended(body.id, apiKey);
  };
  const orders = [[keys[0], "[moderated]"], [keys[0], "[moderated]"], [keys[0], "[fail]"], [keys[1], "[moderated]"]];
  const videos = await Promise.all(orders.map(([apiKey, directive]) => order(apiKey, directive)));
  const usage = async () => (await admin("usage")).body;
  await waitFor(async () => (await usage()).open.filter(({ state }) => state === "pending").length === 4);
  const reconcile = (json) => admin("reconcile", { json });
  /** Spent and reserved of an account, in dollars. */
  const sums = async (name) => {
    const { days } = (await usage()).data.find((account) => account.name === name);
    return [days[0].spentUsd, days[0].reservedUsd];
  };
  const billings = () =>
    Promise.all(videos.map(async ({ id }, at) => (await call(`/v1/videos/${id}`, { apiKey: orders[at][0] })).body.filmgate.billing));
  const idOf = async (name) => (await usage()).data.find((account) => account.name === name).id;
  return { ...served, reconcile, sums, billings, idOf, usage, videos };
}

test("pending charges are reconciled in bulk by account, code, reason, provider and time", async (t) => {
  const { reconcile, sums, billings, idOf, usage, admin, videos } = await withPending(t);
  const editors = await idOf("editors");

  // A dry run only counts.
  const code = "content_policy_violation";
  const dry = await reconcile({ decision: "not_charged", filter: { account: editors, code }, dryRun: true });
  const { pendingBefore, ...counted } = dry.body;
  assert.deepEqual(counted, { object: "reconciliation", matched: 2, usd: 2 * HALF, reconciled: 0, next: null });
  assert.deepEqual(await sums("editors"), [0, 3 * HALF]);

  // What no job matches changes nothing.
  for (const filter of [{ provider: "runpod" }, { reason: "submission_unknown" }, { before: "2020-01-01" }, { pendingBefore: "2020-01-01" }, { code: "cancelled" }]) {
    assert.equal((await reconcile({ decision: "charged", filter })).body.matched, 0, JSON.stringify(filter));
  }

  const free = await reconcile({ decision: "not_charged", filter: { account: editors, code, pendingBefore } });
  assert.deepEqual(free.body, { pendingBefore, object: "reconciliation", matched: 2, usd: 2 * HALF, reconciled: 2, next: null });
  assert.deepEqual(await sums("editors"), [0, HALF]);
  assert.deepEqual(await sums("others"), [0, HALF]);

  // The rest of all accounts, at the reserved amount.
  const filter = { reason: "charge_unknown", provider: "runware", before: Date.now() };
  assert.equal((await reconcile({ decision: "charged", filter })).body.reconciled, 2);
  assert.deepEqual(await sums("editors"), [HALF, 0]);
  assert.deepEqual(await sums("others"), [HALF, 0]);
  const [notCharged, charged] = [{ kind: "not_charged", isEstimate: true }, { kind: "charged", microUsd: 500_000, isEstimate: true }];
  assert.deepEqual(await billings(), [notCharged, notCharged, charged, charged]);
  assert.deepEqual((await usage()).open, []);
  assert.equal((await reconcile({ decision: "charged", filter: {} })).body.matched, 0);

  // The provider's bill says more than an estimate.
  const { status } = await admin(`videos/${videos[3].id}/reconcile`, { json: { costUsd: 0.2 } });
  assert.equal(status, 200);
  assert.deepEqual(await sums("others"), [0.2, 0]);
  assert.deepEqual((await billings())[3], { kind: "charged", microUsd: 200_000, isEstimate: false });
  assert.equal((await admin(`videos/${videos[3].id}/reconcile`, { json: { costUsd: 0.3 } })).status, 404);

  const wrong = [
    {},
    { decision: "charged" },
    { decision: "free", filter: {} },
    { decision: "charged", filter: { status: "failed" } },
    { decision: "charged", filter: { before: "soon" } },
    { decision: "charged", filter: { provider: "other" } },
    { decision: "charged", filter: {}, dryRun: "yes" },
    { decision: "charged", filter: {}, after: "no-such-account/1" },
  ];
  for (const json of wrong) assert.equal((await reconcile(json)).status, 400, JSON.stringify(json));
  assert.equal((await reconcile({ decision: "charged", filter: { account: "no-such-account" } })).status, 404);
});

test("what became pending after a dry run stays, also if it was created before", async (t) => {
  const { reconcile, usage, call, control, createKey } = await withPending(t);
  await control("config", { jobDurationMs: 600_000 });
  const apiKey = await createKey({ name: "late" });
  const json = { model: "wan-2.6", prompt: "[fail] A slow fox", seconds: "5", filmgate: { provider: "runware" } };
  const { id } = (await call("/v1/videos", { apiKey, json })).body;
  await waitFor(async () => (await call(`/v1/videos/${id}`, { apiKey })).body.filmgate.handle?.acceptedAt);
  const dry = (await reconcile({ decision: "charged", filter: {}, dryRun: true })).body;
  assert.equal(dry.matched, 4);
  await control("advance", { ms: 600_000 });
  await waitFor(async () => (await usage()).open.filter(({ state }) => state === "pending").length === 5);
  const { pendingBefore } = dry;
  const real = (await reconcile({ decision: "charged", filter: { before: pendingBefore, pendingBefore } })).body;
  assert.deepEqual([real.reconciled, real.usd], [4, dry.usd]);
  assert.deepEqual((await usage()).open.map((job) => job.id), [id]);
});

test("a job that cannot be read stays pending, and stops no other", async (t) => {
  const { reconcile, usage, videos, inside } = await withPending(t);
  const broken = `JOBS/${jobIdOf(videos[1])}`;
  await inside(`${broken}/setVersion`, 99);
  await inside(`${broken}/evict`);
  const { status, body } = await reconcile({ decision: "not_charged", filter: {} });
  assert.deepEqual([status, body.reconciled], [200, 3], JSON.stringify(body));
  assert.deepEqual((await usage()).open.map(({ id }) => id), [videos[1].id]);
});
