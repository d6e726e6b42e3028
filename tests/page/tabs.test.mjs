// Two tabs of one browser: only one polls a job, both show it, and if the polling tab dies, the other
// takes over. One press submits one job.
import assert from "node:assert/strict";
import { describe, test } from "node:test";
import { serve } from "../../scripts/lib/serve.mjs";
import { openContext } from "../browser.mjs";
import { openFaultProxy } from "../fault-proxy.mjs";
import {
  assertPlays,
  chooseProvider,
  control,
  deleteJob,
  videos,
  ledger,
  ready,
  simulatorFor,
  waitForState,
  useExample,
  waitFor,
} from "./support.mjs";

const EXAMPLES = { runpod: "Bakery", runware: "Mangrove" };
// A job ends only when the test advances the clock.
const JOB_DURATION_MS = 600_000;
/** The id that a job gets in a page whose random bytes are all 7. */
const ID_OF_SEVENS = "07070707-0707-4707-8707-070707070707";

/** How the polling tab ends. */
const ENDS = {
  runpod: async ({ page }) => page.close(),
  async runware({ page }) {
    const crashed = page.waitForEvent("crash");
    const session = await page.context().newCDPSession(page);
    session.send("Page.crash").catch(() => {}); // A crashed page does not respond.
    await crashed;
  },
};

/** Two tabs of one profile with the same form, in the local environment. */
async function openTabs(t, provider, jobDurationMs = JOB_DURATION_MS) {
  const simulator = await simulatorFor(t, { jobDurationMs });
  const proxy = await openFaultProxy(t, simulator);
  const server = await serve({ config: { runpod: proxy.runpod, runware: proxy.runware } });
  t.after(server.close);
  const context = await openContext(t);
  await context.addInitScript(() => {
    localStorage.setItem("filmgate.settings", JSON.stringify({ environment: "local" }));
  });
  const tab = async () => {
    const page = await context.newPage();
    const requests = [];
    page.on("request", (request) => {
      if (request.url().startsWith(proxy[provider])) requests.push(request.url());
    });
    await page.goto(server.origin);
    await ready(page);
    await useExample(page, EXAMPLES[provider]);
    await chooseProvider(page, provider);
    return { page, requests, cards: videos(page), jobs: page.locator(".job") };
  };
  return { simulator, proxy, tab, tabs: [await tab(), await tab()] };
}

const press = ({ page }) => page.locator("#submit").click();

async function assertBilledOnce(simulator, count) {
  const { submissions, charges } = await ledger(simulator);
  assert.equal(submissions.length, count);
  assert.equal(new Set(submissions.map(({ id }) => id)).size, count);
  assert.equal(charges.length, count);
}

describe("two tabs", { concurrency: true }, () => {
  for (const provider of ["runpod", "runware"]) {
    test(`${provider}: the polling tab ends, the other takes over, a third has the result`, async (t) => {
      const { simulator, proxy, tab, tabs } = await openTabs(t, provider);
      const [polling, waiting] = tabs;
      await press(polling);
      await waitForState(waiting.cards, "running");
      await waiting.cards.getByRole("button").click();
      await waitFor(() => proxy.count("poll") > 0);
      assert.deepEqual(waiting.requests, []);

      await ENDS[provider](polling);
      const before = proxy.count("poll");
      await control(simulator, "advance", { ms: JOB_DURATION_MS });
      await waitForState(waiting.jobs, "completed");
      assert.ok(proxy.count("poll") > before);
      await assertPlays(waiting.jobs.locator("video"));
      const later = await tab();
      await waitForState(later.jobs, "completed");
      assert.deepEqual(later.requests, []);
      await assertBilledOnce(simulator, 1);
    });
  }

  test("both submit at once: two jobs, both shown by both tabs, each polled by one", async (t) => {
    const { simulator, tabs } = await openTabs(t, "runware", 3_000);
    await Promise.all(tabs.map(press));
    for (const { page } of tabs) {
      await page.locator(".video-card[data-state=completed]").nth(1).waitFor();
      await page.locator(".card-title", { hasText: /^A cinematic wide shot/ }).nth(1).waitFor();
    }
    await assertBilledOnce(simulator, 2);
  });

  test("both submit at once with one task id: one job", async (t) => {
    const { simulator, tabs } = await openTabs(t, "runware", 3_000);
    for (const { page } of tabs) {
      await page.locator("#more").evaluate((details) => (details.open = true));
      await page.locator("#taskUUID").fill("6f1c9b1e-4c1d-4a53-9a35-0d1f7c0a9b11");
    }
    await Promise.all(tabs.map(press));
    for (const tab of tabs) await waitForState(tab.cards, "completed");
    const refused = tabs.map(({ page }) => page.locator("#submit-error", { hasText: "Nothing was billed." }));
    await waitFor(async () => (await Promise.all(refused.map((error) => error.count()))).filter(Boolean).length === 1);
    await assertBilledOnce(simulator, 1);
  });

  test("a cancel in the waiting tab is sent by the polling one", async (t) => {
    const { simulator, tabs } = await openTabs(t, "runpod");
    const [polling, waiting] = tabs;
    await press(polling);
    await waitForState(waiting.cards, "running");
    await waiting.cards.getByRole("button").click();
    await waiting.jobs.getByRole("button", { name: "Cancel" }).click();
    for (const { jobs } of tabs) {
      await waitForState(jobs, "failed");
      await jobs.locator(".state").getByText("Cancelled").waitFor();
    }
    assert.deepEqual((await ledger(simulator)).charges, []);
  });

  test("a cancel that another tab sent before the polling tab shows its job is sent", async (t) => {
    const { simulator, tabs } = await openTabs(t, "runpod");
    const [{ page, jobs }] = tabs;
    await page.evaluate(() => {
      crypto.getRandomValues = (bytes) => bytes.fill(7);
    });
    const other = await page.context().newPage();
    await other.goto(new URL("icon.svg", page.url()).href);
    const send = (id) => new BroadcastChannel("filmgate.cancel").postMessage(id);
    await other.evaluate(send, `local ${ID_OF_SEVENS}`);
    await press({ page });
    await jobs.and(page.locator(`[data-job-id="${ID_OF_SEVENS}"]`)).waitFor();
    await waitForState(jobs, "failed");
    await jobs.locator(".state").getByText("Cancelled").waitFor();
    assert.deepEqual((await ledger(simulator)).charges, []);
  });

  test("a job deleted in one tab disappears in the other", async (t) => {
    const { tabs } = await openTabs(t, "runware", 1_000);
    const [first, second] = tabs;
    await press(first);
    for (const tab of tabs) await waitForState(tab.cards, "completed");
    await deleteJob(first.jobs);
    await second.cards.waitFor({ state: "detached" });
    await second.page.getByText("No videos yet.").waitFor();
  });

  test("neither the second click of a double click nor a held key submits a second job", async (t) => {
    const { simulator, tabs } = await openTabs(t, "runware", 1_000);
    const [{ page, cards: jobs }] = tabs;
    const submit = page.locator("#submit");
    const isFree = () => submit.getAttribute("aria-disabled").then((value) => value === null);
    const click = async (clickCount) => {
      const { x, y, width, height } = await submit.boundingBox();
      await page.mouse.move(x + width / 2, y + height / 2);
      await page.mouse.down({ clickCount });
      await page.mouse.up({ clickCount });
    };
    await click(1);
    // The response to the first arrives before the second click.
    await jobs.first().waitFor();
    await waitFor(isFree);
    await click(2);
    assert.ok(await isFree());

    await page.locator("#limit").focus();
    await page.keyboard.down("Enter");
    await jobs.nth(1).waitFor();
    await waitFor(isFree);
    await page.keyboard.down("Enter");
    assert.ok(await isFree());
    await page.keyboard.up("Enter");
    await page.locator(".video-card[data-state=completed]").nth(1).waitFor();
    await assertBilledOnce(simulator, 2);
  });
});
