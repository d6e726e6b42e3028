// Fifty videos: all are found, and the page stays small. How it scrolls: `npm run bench:page`.
import assert from "node:assert/strict";
import { test } from "node:test";
import { videos, generate, openLocal, ready, waitForState } from "./support.mjs";

const COUNT = 50;
const MAX_HEAP_BYTES = 40_000_000;

/** Copies the one stored job, each time under another id. */
async function copyJob(page, count) {
  await page.evaluate(async (wanted) => {
    const finished = (request) =>
      new Promise((resolve, reject) => {
        request.onsuccess = () => resolve(request.result);
        request.onerror = () => reject(request.error);
      });
    const database = await finished(indexedDB.open("filmgate-local"));
    const [name] = database.objectStoreNames;
    const store = () => database.transaction(name, "readwrite").objectStore(name);
    const [entry] = await finished(store().getAll());
    const { id, createdAt } = entry.record.handle;
    for (let index = 1; index < wanted; index += 1) {
      const copy = JSON.parse(JSON.stringify(entry).replaceAll(id, crypto.randomUUID()));
      copy.record.handle.createdAt = createdAt - index * 60_000;
      await finished(store().put(copy, copy.record.handle.id));
      localStorage.setItem(`filmgate.note.${copy.record.handle.id}`, JSON.stringify({ title: `Video ${index}` }));
    }
    database.close();
  }, count);
}

test("fifty videos in the gallery: found by words, and little memory", async (t) => {
  const { page, context } = await openLocal(t, { jobDurationMs: 500 });
  await page.locator("#prompt").fill("A fox in the snow");
  await page.getByRole("button", { name: /^Generate for/ }).waitFor();
  await waitForState(await generate(page), "completed");
  await copyJob(page, COUNT);
  await page.reload();
  await ready(page);
  await page.getByRole("button", { name: `All (${COUNT})` }).click();
  const gallery = page.getByRole("dialog", { name: "Videos" });
  await gallery.getByText(`${COUNT} videos.`).waitFor();
  assert.equal(await gallery.locator(".video-card").count(), COUNT);
  assert.ok((await videos(page).count()) > COUNT);
  // What is not opaque is painted anew in every frame of a scroll.
  for (const scroller of [".grid", ".stage", ".compose-fields", ".side-panel:not([hidden])"]) {
    const color = await page.locator(scroller).evaluate((node) => getComputedStyle(node).backgroundColor);
    assert.match(color, /^rgb\(/, `${scroller}: ${color}`);
  }
  const session = await context.newCDPSession(page);
  await session.send("HeapProfiler.collectGarbage");
  const { usedSize } = await session.send("Runtime.getHeapUsage");
  t.diagnostic(`${Math.round(usedSize / 1e6)} MB`);
  assert.ok(usedSize < MAX_HEAP_BYTES, `${usedSize} bytes`);
});
