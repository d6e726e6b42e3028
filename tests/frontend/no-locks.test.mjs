// Without Web Locks, as over plain http: a tab that is opened while another plans its job.
import assert from "node:assert/strict";
import { after, test } from "node:test";
import { click, results, servePage, untilAccepted, untilStatus } from "./hook.mjs";

const open = await servePage({ after });
const init = () => Object.defineProperty(Navigator.prototype, "locks", { value: undefined });

/** A tab whose submit is not stored yet, and another that has looked for the job. */
async function openTwo(t) {
  const opened = await open(t, { plans: 1, init });
  const { page, open: openTab, url } = opened;
  await click(page, "Submit");
  await untilStatus(page, "submitting");
  const tab = await openTab(url);
  await click(tab, "Resume");
  await results(tab, 1);
  await untilStatus(tab, "idle");
  return { ...opened, tab };
}

test("the other leaves its entry, and follows once the job is there", async (t) => {
  const { page, tab, finish, submissions } = await openTwo(t);
  await page.evaluate(() => plan());
  await untilAccepted(page);
  await untilAccepted(tab);
  await page.reload();
  await untilAccepted(page);
  await finish();
  await Promise.all([untilStatus(page, "completed"), untilStatus(tab, "completed")]);
  assert.equal(await submissions(), 1);
});

test("a submit in the other is the same job", async (t) => {
  const { page, tab, finish, submissions } = await openTwo(t);
  await tab.evaluate(() => plan());
  await click(tab, "Submit");
  const { handle } = await untilAccepted(tab);
  await page.evaluate(() => plan());
  assert.equal((await untilAccepted(page)).handle.id, handle.id);
  await finish();
  await Promise.all([untilStatus(page, "completed"), untilStatus(tab, "completed")]);
  assert.equal(await submissions(), 1);
});
