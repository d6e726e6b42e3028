// The stores: one contract for both, and IndexedDB in Chromium across pages, a reload and a web worker.
import assert from "node:assert/strict";
import { describe, test } from "node:test";
import { memoryStore } from "../../pkg/dist/index.js";
import { contract } from "./fixtures/store-contract.js";
import { pageOf, profile, usePages } from "./pages.mjs";
import { BOTH, KEY, PROMPT, PROVIDERS, REQUESTS, simulator, waitFor } from "./support.mjs";

usePages();

/** Makes the page's client, as it has to again after a reload. */
async function equip(page, settings) {
  await page.evaluate(async (settings) => {
    const { openClient } = await import("/open-client.js");
    Object.assign(window, openClient(settings));
  }, settings);
  return page;
}

const submit = (page, provider) =>
  page.evaluate(
    async ([request, provider]) => {
      window.job = await window.client.submit(request, { provider });
      return window.job.handle;
    },
    [REQUESTS[provider], provider],
  );
const resume = (page, handle) =>
  page.evaluate((handle) => void (window.job = window.client.resume(handle)), handle);
const result = (page) => page.evaluate(() => window.job.result());
const asked = (page) => page.evaluate(() => window.asked());

/** The pages share one video, submitted and billed once. */
async function generatedOnce(sim, outcomes) {
  for (const outcome of outcomes) {
    assert.equal(outcome.videos.length, 1);
    assert.deepEqual(outcome, outcomes[0]);
  }
  const { submissions, charges } = await sim.ledger();
  assert.equal(submissions.length, 1);
  assert.equal(charges.length, 1);
}

describe("memoryStore", () => {
  for (const [name, holds] of Object.entries(contract)) test(name, () => holds(memoryStore()));
});

describe("indexedDbStore in Chromium", { concurrency: 3 }, () => {
  test("the contract", async (t) => {
    const page = await pageOf(await profile(t));
    for (const name of Object.keys(contract)) {
      await t.test(name, () =>
        page.evaluate(async (name) => {
          const { contract } = await import("/store-contract.js");
          const { indexedDbStore } = await import("/dist/index.js");
          await contract[name](indexedDbStore(name));
        }, name),
      );
    }
  });

  test("one name is one store, in every page and after a reload", async (t) => {
    const context = await profile(t);
    const [one, two] = [await pageOf(context), await pageOf(context)];
    const use = (page, name, method, ...args) =>
      page.evaluate(
        async ([name, method, args]) => {
          const { indexedDbStore } = await import("/dist/index.js");
          return indexedDbStore(name)[method](...args);
        },
        [name, method, args],
      );
    const record = { handle: { id: "a" } };
    assert.equal(await use(one, "videos", "put", "a", record, 0), true);
    assert.deepEqual(await use(two, "videos", "get", "a"), { record, revision: 1 });
    assert.equal(await use(two, "videos", "put", "a", record, 0), false);
    assert.equal(await use(two, "others", "get", "a"), undefined);
    await one.reload();
    assert.deepEqual(await use(one, "videos", "list"), [{ record, revision: 1 }]);
  });

  test("a store reopens its database after it was deleted", async (t) => {
    const page = await pageOf(await profile(t));
    const left = await page.evaluate(async () => {
      const { indexedDbStore } = await import("/dist/index.js");
      const store = indexedDbStore("videos");
      await store.put("a", { handle: { id: "a" } }, 0);
      const deleting = indexedDB.deleteDatabase("videos");
      await new Promise((resolve, reject) => {
        deleting.onsuccess = resolve;
        deleting.onerror = () => reject(deleting.error);
      });
      return [await store.list(), await store.put("b", { handle: { id: "b" } }, 0)];
    });
    assert.deepEqual(left, [[], true]);
  });

  for (const provider of PROVIDERS) {
    test(`${provider}: two pages resume one job: one of them polls, both get the result`, async (t) => {
      const sim = await simulator(t, { jobDurationMs: 2_000 });
      const context = await profile(t);
      const first = await equip(await pageOf(context), sim.settings);
      await submit(first, provider);
      await first.close();

      const pages = [await pageOf(context), await pageOf(context)];
      for (const page of pages) await equip(page, sim.settings);
      const [{ handle }] = await pages[0].evaluate(() => window.client.jobs({ pending: true }));
      await Promise.all(pages.map((page) => resume(page, handle)));
      await generatedOnce(sim, await Promise.all(pages.map(result)));
      const counts = await Promise.all(pages.map(asked));
      assert.equal(counts.filter((count) => count > 0).length, 1, `they asked ${counts} times`);
    });

    test(`${provider}: the page that polls is reloaded: the other continues, and nothing is lost`, async (t) => {
      const sim = await simulator(t, { jobDurationMs: 600_000, statusSync: false });
      const context = await profile(t);
      const [polls, waits] = [await pageOf(context), await pageOf(context)];
      for (const page of [polls, waits]) await equip(page, sim.settings);
      const handle = await submit(polls, provider);
      await resume(waits, handle);
      await waitFor(async () => (await asked(polls)) >= 2);
      assert.equal(await asked(waits), 0);

      await polls.reload();
      await waitFor(() => asked(waits));
      await sim.control("advance", { ms: 600_000 });
      await equip(polls, sim.settings);
      await resume(polls, handle);
      await generatedOnce(sim, await Promise.all([result(waits), result(polls)]));
      assert.equal(await asked(polls), 0);
    });
  }

  test("a reload during the submit: its outcome is polled, it is not sent again", async (t) => {
    const sim = await simulator(t);
    await sim.faults({ operation: "submit", fault: { kind: "latency", ms: 60_000 } });
    const page = await equip(await pageOf(await profile(t)), sim.settings);
    await page.evaluate((request) => {
      window.client.submit(request, { provider: "runware" }).catch(() => {});
    }, REQUESTS.runware);
    await waitFor(async () => (await sim.ledger()).submissions.length > 0);
    await page.reload();
    await equip(page, sim.settings);
    const [{ handle, status }] = await page.evaluate(() => window.client.jobs({ pending: true }));
    assert.equal(status, "submitting");
    await resume(page, handle);
    await generatedOnce(sim, [await result(page)]);
  });

  test("a web worker generates; its page waits for it, and then has the result too", async (t) => {
    const sim = await simulator(t, { jobDurationMs: 2_000 });
    const page = await equip(await pageOf(await profile(t)), sim.settings);
    const work = { settings: sim.settings, request: BOTH, options: { provider: "runpod" } };
    const both = await page.evaluate(async (work) => {
      const worker = new Worker("/job-worker.js", { type: "module" });
      const message = () =>
        new Promise((resolve, reject) => {
          worker.onmessage = ({ data }) => resolve(data);
          worker.onerror = ({ message }) => reject(new Error(message));
        });
      const started = message();
      worker.postMessage(work);
      const { handle } = await started;
      const ended = message();
      const here = await window.client.resume(handle).result();
      return { worker: await ended, page: { outcome: here, asked: window.asked() } };
    }, work);
    await generatedOnce(sim, [both.worker.outcome, both.page.outcome]);
    assert.ok(both.worker.asked > 1);
    assert.equal(both.page.asked, 0);
  });

  test("the page's records hold no key, and after the submit no prompt", async (t) => {
    const sim = await simulator(t);
    const page = await equip(await pageOf(await profile(t)), sim.settings);
    await submit(page, "runpod");
    await result(page);
    const kept = await page.evaluate(async () => {
      const { indexedDbStore } = await import("/dist/index.js");
      return JSON.stringify(await indexedDbStore().list());
    });
    assert.ok(kept.includes("sora-2-pro"));
    for (const secret of [KEY, PROMPT, BOTH.image]) assert.ok(!kept.includes(secret), secret);
  });
});
