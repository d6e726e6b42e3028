// The library without a browser: the index, search, spending, and what is due.
import assert from "node:assert/strict";
import { test } from "node:test";
import { importModule } from "./modules.mjs";
import { jobId, storedJob } from "./jobs.mjs";
import { random } from "../random.mjs";

const { budgetOf, deletionRisk, dueVideos, openLibrary, placeOf, searchJobs, storageUse, persist, UNDO_MS } =
  await importModule("library/index.ts");

let names = 0;
async function open(t, options) {
  const library = await openLibrary({ name: `test-${(names += 1)}`, ...options });
  t.after(() => library.close());
  return library;
}

const ids = (jobs) => jobs.map(({ id }) => id);

test("without IndexedDB and OPFS it works until the page is closed, and says so", async (t) => {
  const library = await open(t);
  assert.match(library.unavailable, /stores nothing/);
  assert.match(library.videos.unavailable, /keeps no files/);
  const result = await library.keep(jobId(), 0, {}, {});
  assert.deepEqual([result.kept, result.reason], [false, library.videos.unavailable]);
  assert.deepEqual(await library.videos.list(), []);
  assert.deepEqual(await storageUse(), { isPersistent: false });
  assert.equal(await persist(), false);
});

test("a job is recorded with prompt, request and result, without bytes or the raw response", async (t) => {
  const changes = [];
  const library = await open(t, { onChange: (change) => changes.push(change) });
  const job = storedJob({ videos: [{ url: "https://v.example/1.mp4", expiresAt: 5 }, { data: "AAAA" }, { url: "data:video/mp4;base64,AAAA" }] });
  job.request.image = new URL("https://i.example/1.png");
  assert.equal(await library.record(job), 1);
  assert.equal(await library.record(job), 0);
  const [entry] = await library.jobs();
  assert.deepEqual([entry.state, entry.prompt, entry.model, entry.charge], ["completed", "A fox in the snow", "wan-2.6", "charged"]);
  assert.deepEqual(entry.videos, [{ url: "https://v.example/1.mp4", expiresAt: 5 }, {}, {}]);
  assert.doesNotMatch(JSON.stringify(entry), /AAAA|raw/);
  assert.equal((await library.request(entry.id)).image, "https://i.example/1.png");
  await library.setPoster(entry.id, new Blob(["x"], { type: "image/webp" }));
  assert.equal((await library.poster(entry.id)).type, "image/webp");
  assert.deepEqual(changes, [{ id: entry.id }, { id: entry.id }]);
});

test("jobs are listed newest first, whatever the order they were recorded in", async (t) => {
  const library = await open(t);
  const jobs = [3, 1, 2].map((at) => storedJob({ at: at * 1_000 }));
  await library.record(...jobs);
  assert.deepEqual((await library.jobs()).map(({ handle }) => handle.createdAt), [3_000, 2_000, 1_000]);
});

test("an end that is recorded is not undone by an older state of another tab", async (t) => {
  const library = await open(t);
  const id = jobId();
  await library.record(storedJob({ id, at: 1_000 }));
  assert.equal(await library.record(storedJob({ id, at: 1_000, status: "running" })), 0);
  assert.equal((await library.jobs())[0].state, "completed");
  assert.equal((await library.spending(undefined, 2_000)).today.microUsd, 500_000);
});

test("an unknown submit that is found again runs, and completes", async (t) => {
  const library = await open(t);
  const id = jobId();
  await library.record(storedJob({ id, at: 1_000, status: "submission_unknown", charge: "unknown" }));
  assert.equal((await library.jobs())[0].state, "unknown");
  await library.record(storedJob({ id, at: 1_000, status: "running", handle: { acceptedAt: 9_000 } }));
  assert.equal((await library.jobs())[0].state, "running");
  await library.record(storedJob({ id, at: 1_000, handle: { acceptedAt: 9_000, endedAt: 10_000 } }));
  assert.equal((await library.jobs())[0].state, "completed");
});

test("a delete can be undone until it is purged, and nothing is left of the words after it", async (t) => {
  const library = await open(t);
  const job = storedJob();
  const { id } = job.handle;
  await library.record(job);
  await library.setPoster(id, new Blob(["x"]));
  const purged = [];
  const deleteJob = async (handle, environment) => void purged.push([handle.id, environment]);

  assert.equal(await library.delete(id, 1_000), true);
  assert.deepEqual(await library.jobs(), []);
  assert.equal(await library.purge(deleteJob, 1_000 + UNDO_MS - 1), 0);
  assert.equal(await library.restore(id), true);
  assert.equal((await library.jobs()).length, 1);
  assert.equal(await library.purge(deleteJob, Infinity), 0);

  await library.delete(id, 1_000);
  assert.equal(await library.purge(deleteJob, 1_000 + UNDO_MS), 1);
  assert.deepEqual(purged, [[id, "live"]]);
  assert.equal(await library.restore(id), false);
  assert.deepEqual([await library.request(id), await library.poster(id)], [undefined, undefined]);
});

test("a job that another tab still tracks does not come back after a purge, but its charge counts", async (t) => {
  const library = await open(t);
  const id = jobId();
  await library.record(storedJob({ id, at: 1_000, status: "running" }));
  await library.delete(id, 1_000);
  await library.purge(async () => {}, 50_000);
  await library.record(storedJob({ id, at: 1_000, costUsd: 0.55 }));
  assert.deepEqual(await library.jobs(), []);
  assert.equal(await library.request(id), undefined);
  assert.equal((await library.spending(undefined, 2_000)).month.microUsd, 550_000);
});

test("a purge that fails halfway continues the next time, and cannot be undone", async (t) => {
  const library = await open(t);
  const job = storedJob();
  await library.record(job);
  await library.delete(job.handle.id, 1_000);
  assert.equal(await library.purge(() => Promise.reject(new Error("blocked")), 50_000), 0);
  assert.equal(await library.restore(job.handle.id), false);
  assert.deepEqual(await library.jobs(), []);
  assert.equal(await library.purge(async () => {}, 60_000), 1);
});

test("deleting warns where something paid for may be lost", () => {
  const risk = (job, kept = []) => deletionRisk({ videos: [{}], ...job }, (index) => kept.includes(index));
  assert.equal(risk({ state: "running" }), "running");
  assert.equal(risk({ state: "unknown", charge: "unknown" }), "charge_unknown");
  assert.equal(risk({ state: "failed", charge: "unknown", videos: [] }), "charge_unknown");
  assert.equal(risk({ state: "completed", charge: "charged" }), "not_kept");
  assert.equal(risk({ state: "completed", charge: "charged" }, [0]), undefined);
  assert.equal(risk({ state: "failed", charge: "none", videos: [] }), undefined);
});

test("the search finds jobs by words, model, state and environment", async (t) => {
  const library = await open(t);
  const fox = storedJob({ prompt: "A fox in the SNOW, café" });
  const sea = storedJob({ prompt: "The sea at night", model: "kling-2.6", environment: "page", at: Date.now() - 5 });
  const japan = storedJob({ prompt: "雨の灯台", status: "failed", charge: "none", at: Date.now() - 9 });
  await library.record({ ...fox, modelName: "Wan 2.6 Flash" }, sea, japan);
  const jobs = await library.jobs();
  const found = (filter) => ids(searchJobs(jobs, filter));
  const [foxId, seaId, japanId] = [fox, sea, japan].map(({ handle }) => handle.id);
  assert.deepEqual(found({}), [foxId, seaId, japanId]);
  for (const words of ["snow fox", "SNO", "cafe", "café", "flash", "wan-2.6 fox", "  fox,  "]) {
    assert.deepEqual(found({ words }), [foxId], words);
  }
  assert.deepEqual(found({ words: "灯台" }), [japanId]);
  assert.deepEqual(found({ words: "ox" }), []);
  assert.deepEqual(found({ words: foxId.slice(0, 8) }).length, 3);
  assert.deepEqual(found({ model: "kling-2.6" }), [seaId]);
  assert.deepEqual(found({ state: "failed" }), [japanId]);
  assert.deepEqual(found({ environment: "live", state: "completed" }), [foxId]);
});

test("spending today and this month, per model, in integer micro-dollars", async (t) => {
  const library = await open(t);
  const now = new Date(2026, 10, 29, 12).getTime();
  const day = (date, hour = 1) => new Date(2026, 10, date, hour).getTime();
  const many = Array.from({ length: 10 }, () => storedJob({ at: day(29), costUsd: 0.1 }));
  await library.record(
    ...many,
    storedJob({ at: day(28, 23), costUsd: 0.473, model: "kling-2.6" }),
    storedJob({ at: new Date(2026, 9, 31, 23).getTime(), costUsd: 7 }),
    storedJob({ at: day(29), costUsd: 9, environment: "page" }),
  );
  const { today, month, models } = await library.spending(["live", "gateway"], now);
  assert.deepEqual(today, { microUsd: 1_000_000, uncertainMicroUsd: 0, unknownCount: 0 });
  assert.equal(month.microUsd, 1_473_000);
  assert.deepEqual(models.map(({ model, microUsd, count }) => [model, microUsd, count]), [
    ["wan-2.6", 1_000_000, 10],
    ["kling-2.6", 473_000, 1],
  ]);
  assert.equal((await library.spending(undefined, now)).today.microUsd, 10_000_000);
});

test("what is not known is taken at its worst", async (t) => {
  const library = await open(t);
  const at = 1_000;
  await library.record(
    storedJob({ at, status: "running" }),
    storedJob({ at, status: "submission_unknown", charge: "unknown" }),
    storedJob({ at, status: "failed", charge: "charged" }),
    storedJob({ at, status: "failed", charge: "none" }),
  );
  const { today } = await library.spending(undefined, 2_000);
  assert.deepEqual(today, { microUsd: 0, uncertainMicroUsd: 3 * 600_000, unknownCount: 0 });
});

test("a cost that the provider does not report is the upper end of the quote", async (t) => {
  const library = await open(t);
  const [quoted, unknown] = [storedJob({ at: 1_000 }), storedJob({ at: 1_000, handle: { quote: undefined } })];
  delete quoted.outcome.costUsd;
  delete unknown.outcome.costUsd;
  await library.record(quoted, unknown);
  const { today } = await library.spending(undefined, 2_000);
  assert.deepEqual(today, { microUsd: 0, uncertainMicroUsd: 600_000, unknownCount: 1 });
});

test("spending stays after a delete", async (t) => {
  const library = await open(t);
  const job = storedJob({ at: 1_000 });
  await library.record(job);
  await library.delete(job.handle.id, 1_000);
  await library.purge(async () => {}, 90_000_000);
  assert.equal((await library.spending(undefined, 2_000)).today.microUsd, 500_000);
});

test("a job that reached no provider costs nothing", async (t) => {
  const library = await open(t);
  const job = storedJob({ at: 1_000, status: "failed", charge: "none", handle: { submittedAt: undefined } });
  await library.record(job);
  assert.deepEqual((await library.spending(undefined, 2_000)).models, []);
});

test("a budget has a limit, what is used and left, and whether the next job may exceed it", () => {
  const amount = { microUsd: 3_000_000, uncertainMicroUsd: 500_000, unknownCount: 0 };
  assert.deepEqual(budgetOf(5_000_000, amount, 1_500_000), {
    limitMicroUsd: 5_000_000,
    usedMicroUsd: 3_500_000,
    leftMicroUsd: 1_500_000,
    isOver: false,
    isUncertain: true,
    wouldExceed: false,
  });
  assert.equal(budgetOf(5_000_000, amount, 1_500_001).wouldExceed, true);
  assert.equal(budgetOf(5_000_000, amount, "unknown").wouldExceed, true);
  assert.deepEqual([budgetOf(1, amount).isOver, budgetOf(1, amount).leftMicroUsd], [true, 0]);
});

test("the sum of random costs is exact", async (t) => {
  const library = await open(t);
  const next = random(2);
  const costs = Array.from({ length: 200 }, () => next(20_000_000));
  await library.record(...costs.map((micro) => storedJob({ at: 1_000, costUsd: micro / 1e6 })));
  const { month, today, models } = await library.spending(undefined, 2_000);
  const total = costs.reduce((sum, cost) => sum + cost, 0);
  assert.deepEqual([month.microUsd, today.microUsd, models[0].microUsd], [total, total, total]);
});

test("the videos whose URL ends first are kept first, and those of a gateway are not due", () => {
  const now = 1_000_000;
  const job = (expiresAt, more = {}) => {
    const { handle } = storedJob({ handle: more.gateway ? { gateway: "https://g.example" } : {} });
    return { id: handle.id, handle, state: "completed", videos: [{ ...(expiresAt && { expiresAt }) }], ...more.entry };
  };
  const [soon, late, undocumented, gone, gateway, deleted] = [
    job(now + 60_000),
    job(now + 86_400_000),
    job(undefined),
    job(now - 1),
    job(now + 5, { gateway: true }),
    job(now + 5, { entry: { deletedAt: 1 } }),
  ];
  const due = dueVideos([late, undocumented, gone, gateway, deleted, soon], () => false, now);
  assert.deepEqual(due.map((each) => each.job.id), ids([soon, undocumented, late]));
  assert.deepEqual(ids(dueVideos([soon, late], (id) => id === soon.id, now).map((each) => each.job)), ids([late]));
  assert.deepEqual(placeOf(gone, 0, false, now), { place: "expired" });
  assert.deepEqual(placeOf(gone, 0, true, now), { place: "kept" });
  assert.deepEqual(placeOf(gateway, 0, false, now), { place: "gateway" });
  assert.deepEqual(placeOf(soon, 0, false, now), { place: "provider", expiresAt: now + 60_000 });
});
