// The library in Chromium: files in OPFS, the index in IndexedDB, two tabs.
import assert from "node:assert/strict";
import { test } from "node:test";
import { openContext } from "../browser.mjs";
import { jobId, storedJob } from "./jobs.mjs";
import { browserScript } from "./modules.mjs";

const SECURE = "https://page.example/";
const INSECURE = "http://page.example/";
const script = await browserScript("library/index.ts", "library");
const filmgate = await browserScript("../../tests/page-logic/fixtures/filmgate.mjs", "filmgate");

/** A profile whose pages have the library as `lib`, its changes as `changes`, and `client(bytes)`. */
async function profile(t) {
  const context = await openContext(t);
  const page = (route) => route.fulfill({ contentType: "text/html", body: "<!doctype html><title>Library</title>" });
  await context.route("**/*", page);
  return async (address = SECURE, before = () => {}) => {
    const tab = await context.newPage();
    await tab.addInitScript(before);
    await tab.goto(address);
    await tab.addScriptTag({ content: script });
    await tab.evaluate(async () => {
      globalThis.changes = [];
      globalThis.lib = await library.openLibrary({ onChange: (change) => changes.push(change) });
      globalThis.downloads = 0;
      globalThis.client = (bytes, pauseMs = 0) => ({
        async download(_, file) {
          globalThis.downloads += 1;
          const writable = await file.createWritable();
          await writable.write(new Uint8Array(bytes).fill(7));
          await new Promise((resolve) => setTimeout(resolve, pauseMs));
          await writable.close();
          return { bytes };
        },
      });
    });
    return tab;
  };
}

test("a video is kept across a reload, and deleted with its job", async (t) => {
  const open = await profile(t);
  const tab = await open();
  const id = jobId();
  const kept = await tab.evaluate((id) => lib.keep(id, 0, {}, client(1_000)), id);
  assert.deepEqual(kept, { kept: true, bytes: 1_000 });
  const later = await open();
  assert.deepEqual(await later.evaluate(() => lib.videos.list()), [{ id, index: 0, bytes: 1_000 }]);
  const file = await later.evaluate(async (id) => {
    const blob = await lib.videos.open(id, 0);
    return { size: blob.size, type: blob.type, first: new Uint8Array(await blob.arrayBuffer())[0] };
  }, id);
  assert.deepEqual(file, { size: 1_000, type: "video/mp4", first: 7 });
  await later.evaluate((id) => lib.videos.remove(id), id);
  assert.deepEqual(await tab.evaluate(() => lib.videos.list()), []);
  assert.equal(await tab.evaluate((id) => lib.videos.open(id, 0), id), undefined);
});

test("filmgate downloads a simulated video into the file, and it plays", async (t) => {
  const open = await profile(t);
  const tab = await open();
  await tab.addScriptTag({ content: filmgate });
  const size = await tab.evaluate(async () => {
    const simulator = filmgate.createSimulator({ jobDurationMs: 100 });
    const client = filmgate.createFilmgate(simulator.options);
    const request = { model: "wan-2.6", prompt: "A fox", duration: 5, resolution: "720p" };
    const { handle, videos } = await client.generate(request, { provider: "runware" });
    const progress = [];
    const result = await lib.keep(handle.id, 0, videos[0], client, { onProgress: (bytes) => progress.push(bytes) });
    if (!result.kept || progress.at(-1) !== result.bytes) throw new Error(JSON.stringify([result, progress]));
    const video = document.createElement("video");
    video.src = URL.createObjectURL(await lib.videos.open(handle.id, 0));
    await new Promise((resolve, reject) => ((video.onloadeddata = resolve), (video.onerror = () => reject(video.error))));
    return video.videoWidth;
  });
  assert.ok(size > 0);
});

test("a download that fails leaves nothing, and says why", async (t) => {
  const tab = await (await profile(t))();
  const id = jobId();
  const result = await tab.evaluate((id) => {
    const download = async (_, file) => {
      const writable = await file.createWritable();
      await writable.write(new Uint8Array(10));
      await writable.abort();
      throw new Error("The connection broke.");
    };
    return lib.keep(id, 0, {}, { download });
  }, id);
  assert.deepEqual(result, { kept: false, reason: "The connection broke." });
  assert.deepEqual(await tab.evaluate(() => lib.videos.list()), []);
  assert.equal((await tab.evaluate((id) => lib.keep(id, 0, {}, client(5)), id)).kept, true);
});

test("full storage and an abort are told in words", async (t) => {
  const tab = await (await profile(t))();
  const reasons = await tab.evaluate(async (id) => {
    const failing = (name) => ({ download: () => Promise.reject(new DOMException("x", name)) });
    const results = [];
    for (const name of ["QuotaExceededError", "AbortError"]) results.push(await lib.keep(id, 0, {}, failing(name)));
    return results.map(({ reason }) => reason);
  }, jobId());
  assert.match(reasons[0], /storage is full/);
  assert.match(reasons[1], /stopped/);
});

test("all videos are kept before their URLs end, in that order, until the storage is full", async (t) => {
  const tab = await (await profile(t))();
  const now = Date.now();
  const job = (expiresAt, more = {}) => storedJob({ videos: [{ url: "https://v.example/1", ...(expiresAt && { expiresAt }) }], ...more });
  const [late, soon, gone, running] = [job(now + 9e7), job(now + 60_000), job(now - 1), job(0, { status: "running" })];
  const keepDue = (mostBytes) =>
    tab.evaluate(async (mostBytes) => {
      const order = [];
      let room = mostBytes;
      const download = async (video, file) => {
        if (room < 10) throw Object.assign(new Error("x"), { cause: new DOMException("full", "QuotaExceededError") });
        room -= 10;
        return client(10).download(video, file);
      };
      const result = await lib.keepDue(async (job, index) => {
        order.push(job.id);
        return { client: { download }, video: job.videos[index] };
      });
      return { ...result, order };
    }, mostBytes);
  await tab.evaluate((jobs) => lib.record(...jobs), [late, soon, gone, running]);
  const first = await keepDue(10);
  assert.deepEqual([first.kept, first.order], [1, [soon.handle.id, late.handle.id]]);
  assert.match(first.failures[0].reason, /storage is full/);
  const second = await keepDue(100);
  assert.deepEqual(second, { kept: 1, failures: [], order: [late.handle.id] });
  assert.deepEqual((await keepDue(100)).order, []);
});

test("a name cannot lead out of the folder", async (t) => {
  const tab = await (await profile(t))();
  for (const id of ["../../x", "", "a/b", `${jobId()}/..`]) {
    const result = await tab.evaluate((id) => lib.keep(id, 0, {}, client(5)), id);
    assert.equal(result.kept, false, id);
  }
});

test("two tabs keep one video once, and both learn of it", async (t) => {
  const open = await profile(t);
  const [one, two] = [await open(), await open()];
  const id = jobId();
  const keep = (tab) => tab.evaluate((id) => lib.keep(id, 0, {}, client(2_000, 200)), id);
  const results = await Promise.all([keep(one), keep(two)]);
  assert.deepEqual(results, [{ kept: true, bytes: 2_000 }, { kept: true, bytes: 2_000 }]);
  assert.equal((await one.evaluate(() => downloads)) + (await two.evaluate(() => downloads)), 1);
  for (const tab of [one, two]) await tab.waitForFunction((id) => changes.some((change) => change.id === id), id);
});

test("a job, its request with an image, and its poster survive a reload, and reach the other tab", async (t) => {
  const open = await profile(t);
  const [one, two] = [await open(), await open()];
  const job = storedJob();
  job.request.image = `data:image/png;base64,${"A".repeat(100_000)}`;
  await one.evaluate(async (job) => {
    await lib.record(job);
    await lib.setPoster(job.handle.id, new Blob(["poster"], { type: "image/webp" }));
  }, job);
  await two.waitForFunction(() => changes.length > 0);
  const found = await two.evaluate(async (id) => {
    const [entry] = await lib.jobs();
    const { image } = await lib.request(id);
    return { entry, image: image.length, poster: (await lib.poster(id)).type };
  }, job.handle.id);
  assert.equal(found.entry.prompt, "A fox in the snow");
  assert.ok(JSON.stringify(found.entry).length < 1_500);
  assert.deepEqual([found.image, found.poster], [100_022, "image/webp"]);
  assert.equal(await two.evaluate(() => lib.unavailable), undefined);
});

test("two tabs that record the same jobs at once lose nothing", async (t) => {
  const open = await profile(t);
  const tabs = [await open(), await open()];
  const jobs = Array.from({ length: 30 }, (_, at) => storedJob({ at: 1_000 + at }));
  await Promise.all(
    tabs.map((tab, index) =>
      tab.evaluate(
        async ([jobs, index]) => {
          for (const job of index ? jobs.reverse() : jobs) await lib.record(job);
        },
        [jobs, index],
      ),
    ),
  );
  for (const tab of tabs) {
    assert.equal((await tab.evaluate(() => lib.jobs())).length, 30);
    assert.equal((await tab.evaluate(() => lib.spending(undefined, 2_000))).today.microUsd, 15_000_000);
  }
});

test("a delete in one tab is undone in the other; a purge happens once, files included", async (t) => {
  const open = await profile(t);
  const [one, two] = [await open(), await open()];
  const job = storedJob();
  const { id } = job.handle;
  await one.evaluate(([job, id]) => lib.record(job).then(() => lib.keep(id, 0, {}, client(10))), [job, id]);
  await one.evaluate((id) => lib.delete(id), id);
  assert.equal(await two.evaluate((id) => lib.restore(id), id), true);
  assert.equal((await one.evaluate(() => lib.jobs())).length, 1);
  await one.evaluate((id) => lib.delete(id, Date.now() - 20_000), id);
  const purge = (tab) => tab.evaluate(() => lib.purge(async () => {}));
  await Promise.all([purge(one), purge(two)]);
  assert.deepEqual(await two.evaluate(() => lib.videos.list()), []);
  assert.equal(await two.evaluate((id) => lib.restore(id), id), false);
  // A download that ends after the purge is swept.
  await one.evaluate((id) => lib.keep(id, 0, {}, client(10)), id);
  await purge(two);
  assert.deepEqual(await two.evaluate(() => lib.videos.list()), []);
});

test("the storage used and its quota are known, and persistence can be asked for", async (t) => {
  const tab = await (await profile(t))();
  await tab.evaluate((id) => lib.keep(id, 0, {}, client(300_000)), jobId());
  const use = await tab.evaluate(() => library.storageUse());
  assert.ok(use.usedBytes >= 300_000 && use.quotaBytes > use.usedBytes, JSON.stringify(use));
  assert.equal(typeof use.isPersistent, "boolean");
  assert.equal(typeof (await tab.evaluate(() => library.persist())), "boolean");
});

test("over http, without IndexedDB, locks and channels it works in this tab, and says what is missing", async (t) => {
  const open = await profile(t);
  const plain = await open(INSECURE);
  assert.match(await plain.evaluate(() => lib.videos.unavailable), /Over http/);
  assert.equal((await plain.evaluate((id) => lib.keep(id, 0, {}, client(5)), jobId())).kept, false);
  const bare = await open(SECURE, () => {
    Object.defineProperty(globalThis, "indexedDB", { get: () => { throw new DOMException("blocked", "SecurityError"); } });
    Object.defineProperty(Navigator.prototype, "locks", { value: undefined });
    delete globalThis.BroadcastChannel;
  });
  assert.match(await bare.evaluate(() => lib.unavailable), /stores nothing/);
  const job = storedJob();
  assert.equal(await bare.evaluate((job) => lib.record(job), job), 1);
  assert.equal((await bare.evaluate(() => lib.jobs())).length, 1);
  const kept = await bare.evaluate((id) => Promise.all([lib.keep(id, 0, {}, client(5, 50)), lib.keep(id, 0, {}, client(5))]), job.handle.id);
  assert.deepEqual([kept.every((each) => each.kept), await bare.evaluate(() => downloads)], [true, 1]);
});

test("a list of fifty jobs with images and posters holds no bytes of them", async (t) => {
  const tab = await (await profile(t))();
  const jobs = Array.from({ length: 50 }, (_, at) => storedJob({ at }));
  for (const job of jobs) job.request.image = `data:image/png;base64,${"A".repeat(50_000)}`;
  const size = await tab.evaluate(async (jobs) => {
    await lib.record(...jobs);
    for (const { handle } of jobs) await lib.setPoster(handle.id, new Blob([new Uint8Array(20_000)]));
    return JSON.stringify(await lib.jobs()).length;
  }, jobs);
  assert.ok(size < 100_000, `${size} characters`);
});
