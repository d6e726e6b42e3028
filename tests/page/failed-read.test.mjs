// A read of the stored jobs that fails once loses nothing that is shown.
import assert from "node:assert/strict";
import { test } from "node:test";
import { chooseEnvironment, generate, openLocal, ready, videos, waitFor, waitForPrice } from "./support.mjs";

/** Runs in a page: the next read of the local environment's jobs fails, as when the browser loses its database. */
function failNextRead() {
  const { getAll } = IDBObjectStore.prototype;
  IDBObjectStore.prototype.getAll = function (...args) {
    if (this.name !== "jobs" || this.transaction.db.name !== "filmgate-local") return getAll.apply(this, args);
    IDBObjectStore.prototype.getAll = getAll;
    throw new DOMException("Connection to Indexed Database server lost", "UnknownError");
  };
}

test("the list stays, and has what another tab has added once the read works again", async (t) => {
  const { page, context, origin } = await openLocal(t, { jobDurationMs: 600_000 });
  await page.locator("#prompt").fill("The first");
  await waitForPrice(page);
  await generate(page);
  const other = await context.newPage();
  await other.goto(origin);
  await ready(other);
  await other.locator("#prompt").fill("The second");
  await waitForPrice(other);
  await page.evaluate(failNextRead);
  await other.locator("#submit").click();
  const notice = page.locator(".videos .notice");
  await waitFor(async () => (await notice.count()) > 0 || (await videos(page).count()) !== 1);
  assert.notEqual(await videos(page).count(), 0);
  assert.equal(await page.locator(".job").count(), 1);
  await videos(page).nth(1).waitFor();
  await notice.waitFor({ state: "detached" });
});

test("an environment whose jobs can be read does not show another's failure", async (t) => {
  const { page } = await openLocal(t);
  await chooseEnvironment(page, "page");
  await page.evaluate(failNextRead);
  await chooseEnvironment(page, "local");
  await page.locator(".videos .notice").waitFor();
  await chooseEnvironment(page, "page");
  assert.equal(await page.locator(".videos .notice").count(), 0);
});
