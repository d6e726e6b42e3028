// The admin page shows the answer to what was asked last: a late one to an earlier question replaces nothing.
import assert from "node:assert/strict";
import { after, test } from "node:test";
import { cardOf, openGateway, openSection } from "./admin-page/scene.mjs";
import { waitFor } from "./job/jobs.mjs";

const { gateway, orderEnded } = await openGateway({ after });
const many = await gateway.createKey({ name: "many" });
const few = await gateway.createKey({ name: "few" });
await orderEnded(many.apiKey, 27);
await orderEnded(few.apiKey, 1);

/** Holds the first request of that kind; `release()` lets its answer come, and waits until the page has had time to show it. */
async function hold(page, pattern) {
  let free;
  const isFree = new Promise((resolve) => (free = resolve));
  let held;
  const isHeld = new Promise((resolve) => (held = resolve));
  await page.route(
    pattern,
    async (route) => {
      held();
      await isFree;
      await route.continue();
    },
    { times: 1 },
  );
  const release = async () => {
    const answer = page.waitForResponse(pattern);
    free();
    await (await answer).finished();
    await page.waitForTimeout(500);
  };
  return { isHeld, release };
}

const accountFilter = (page) => page.locator("#jobs").getByRole("combobox", { name: "Account" });
const jobs = (page) => page.locator("#jobs").getByRole("listitem");
const shows = (rows, count) => waitFor(async () => (await rows.count()) === count);

/** The only job of another filter stays, once the answer that was held comes. */
async function assertFewStay(page, { isHeld, release }) {
  await isHeld;
  await accountFilter(page).selectOption("few");
  await shows(jobs(page), 1);
  await release();
  assert.equal(await jobs(page).count(), 1);
}

test("the jobs of an earlier filter", async (t) => {
  const page = await openSection(t, gateway, "jobs");
  await shows(jobs(page), 25);
  const answer = await hold(page, new RegExp(`/videos\\?.*account=${many.accountId}`));
  await accountFilter(page).selectOption("many");
  await assertFewStay(page, answer);
});

test("more jobs of an earlier filter", async (t) => {
  const page = await openSection(t, gateway, `jobs?account=${many.accountId}`);
  await shows(jobs(page), 25);
  const answer = await hold(page, /\/videos\?.*after=/);
  await page.getByRole("button", { name: "More jobs" }).click();
  await assertFewStay(page, answer);
});

test("the accounts of an earlier search", async (t) => {
  const page = await openSection(t, gateway, "keys");
  const search = page.locator("#keys").getByLabel("Search");
  const { isHeld, release } = await hold(page, /\/accounts\?.*search=many/);
  await search.fill("many");
  await isHeld;
  await search.fill("few");
  await cardOf(page, "keys", "many").waitFor({ state: "detached" });
  await release();
  assert.equal(await cardOf(page, "keys", "many").count(), 0);
});

test("the days of an earlier choice", async (t) => {
  const page = await openSection(t, gateway, "overview");
  const days = page.locator(".plot .day");
  await shows(days, 30);
  const { isHeld, release } = await hold(page, /\/overview\?days=7/);
  await page.getByLabel("Days").selectOption("7 days");
  await isHeld;
  await page.getByLabel("Days").selectOption("90 days");
  await shows(days, 90);
  await release();
  assert.equal(await days.count(), 90);
});
