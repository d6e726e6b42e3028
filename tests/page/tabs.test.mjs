// Two tabs of one browser: one alone asks for a film, both show it, and where the one dies the other
// takes over. One press is one film.
import assert from "node:assert/strict";
import { describe, test } from "node:test";
import { serve } from "../../scripts/lib/serve.mjs";
import { openContext } from "../browser.mjs";
import { openGate } from "./gate.mjs";
import {
  assertPlays,
  chooseProvider,
  control,
  ledger,
  ready,
  simulatorFor,
  stateOf,
  takeExample,
  waitFor,
} from "./support.mjs";

const EXAMPLES = { runpod: "Bakery", runware: "Mangrove" };
// A run is over when the test says so.
const RUN_MS = 600_000;
// A submit that takes longer is shown by the tab that asks before it is answered (www/js/job-list.js).
const SLOW_MS = 700;

/** How the tab that asks comes to its end. */
const ENDS = {
  runpod: async ({ page }) => page.close(),
  async runware({ page }) {
    const crashed = page.waitForEvent("crash");
    const session = await page.context().newCDPSession(page);
    session.send("Page.crash").catch(() => {}); // There is nobody left to answer.
    await crashed;
  },
};

/** Two tabs with the same form, of one profile, at the local server's place. */
async function openTabs(t, provider, jobDurationMs = RUN_MS) {
  const simulator = await simulatorFor(t, ["--job-duration-ms", String(jobDurationMs)]);
  const gate = await openGate(t, simulator);
  const server = await serve({ config: { runpod: gate.runpod, runware: gate.runware } });
  t.after(server.close);
  const context = await openContext(t);
  await context.addInitScript(() => {
    localStorage.setItem("filmgate.settings", JSON.stringify({ place: "local" }));
  });
  const tab = async () => {
    const page = await context.newPage();
    const asked = [];
    page.on("request", (request) => {
      if (request.url().startsWith(gate[provider])) asked.push(request.url());
    });
    await page.goto(server.origin);
    await ready(page);
    await takeExample(page, EXAMPLES[provider]);
    await chooseProvider(page, provider);
    return { page, asked, films: page.locator(".film") };
  };
  return { simulator, gate, tab, tabs: [await tab(), await tab()] };
}

const press = ({ page }) => page.locator("#submit").click();

async function costOnce(simulator, films) {
  const { submissions, charges } = await ledger(simulator);
  assert.equal(submissions.length, films);
  assert.equal(new Set(submissions.map(({ id }) => id)).size, films);
  assert.equal(charges.length, films);
}

describe("two tabs", { concurrency: true }, () => {
  for (const provider of ["runpod", "runware"]) {
    test(`${provider}: the tab that asks ends, the other takes over, a third has the result`, async (t) => {
      const { simulator, gate, tab, tabs } = await openTabs(t, provider);
      const [asks, waits] = tabs;
      await press(asks);
      await stateOf(waits.films, "running");
      await waitFor(() => gate.count("poll") > 0);
      assert.deepEqual(waits.asked, []);

      await control(simulator, "advance", { ms: RUN_MS });
      const before = gate.count("poll");
      await ENDS[provider](asks);
      await stateOf(waits.films, "completed");
      assert.ok(gate.count("poll") > before);
      await assertPlays(waits.films.locator("video"));
      const later = await tab();
      await stateOf(later.films, "completed");
      assert.deepEqual(later.asked, []);
      await costOnce(simulator, 1);
    });
  }

  test("both press at once: two films, both shown by both, each asked for by one", async (t) => {
    const { simulator, tabs } = await openTabs(t, "runware", 3_000);
    await Promise.all(tabs.map(press));
    for (const { page } of tabs) {
      await page.locator(".film[data-state=completed]").nth(1).waitFor();
      const titles = await page.locator(".film h3").allTextContents();
      for (const title of titles) assert.match(title, /^A cinematic wide shot/);
    }
    await costOnce(simulator, 2);
  });

  test("both press at once with one task id: one film", async (t) => {
    const { simulator, tabs } = await openTabs(t, "runware", 3_000);
    for (const { page } of tabs) {
      await page.locator("#more").evaluate((details) => (details.open = true));
      await page.locator("#taskUUID").fill("6f1c9b1e-4c1d-4a53-9a35-0d1f7c0a9b11");
    }
    await Promise.all(tabs.map(press));
    for (const { films } of tabs) await stateOf(films, "completed");
    const refusals = await Promise.all(
      tabs.map(({ page }) => page.locator("#refusal").textContent()),
    );
    assert.equal(refusals.filter((text) => text.includes("Nothing was billed.")).length, 1);
    await costOnce(simulator, 1);
  });

  test("a cancel in the tab that does not ask is carried out by the other", async (t) => {
    const { simulator, tabs } = await openTabs(t, "runpod");
    const [asks, waits] = tabs;
    await press(asks);
    await stateOf(waits.films, "running");
    await waits.films.getByRole("button", { name: "Cancel" }).click();
    for (const { films } of tabs) {
      await stateOf(films, "failed");
      await films.locator(".state").getByText("Cancelled").waitFor();
    }
    assert.deepEqual((await ledger(simulator)).charges, []);
  });

  test("a cancel is carried out that was pressed before the tab that asks showed its film", async (t) => {
    const { simulator, gate, tabs } = await openTabs(t, "runpod");
    const [asks, waits] = tabs;
    const submit = gate.hold("submit", "answering");
    // Its card comes with the answer, so that the other tab's is there before.
    await asks.page.evaluate((slowMs) => {
      const { setTimeout } = globalThis;
      globalThis.setTimeout = (work, ms, ...rest) =>
        ms === slowMs ? 0 : setTimeout(work, ms, ...rest);
    }, SLOW_MS);
    await press(asks);
    await submit.reached;
    await waits.films.getByRole("button", { name: "Cancel" }).click();
    submit.release();
    for (const { films } of tabs) {
      await stateOf(films, "failed");
      await films.locator(".state").getByText("Cancelled").waitFor();
    }
    assert.deepEqual((await ledger(simulator)).charges, []);
  });

  test("what is forgotten in one tab is gone in the other", async (t) => {
    const { tabs } = await openTabs(t, "runware", 1_000);
    const [one, other] = tabs;
    await press(one);
    for (const { films } of tabs) await stateOf(films, "completed");
    await one.films.getByRole("button", { name: "Forget" }).click();
    await other.films.waitFor({ state: "detached" });
    await other.page.getByText("None yet.").waitFor();
  });

  test("neither the second click of a double click nor a held key is a second film", async (t) => {
    const { simulator, tabs } = await openTabs(t, "runware", 1_000);
    const [{ page, films }] = tabs;
    const submit = page.locator("#submit");
    const isFree = () => submit.getAttribute("aria-disabled").then((value) => value === null);
    const click = async (clickCount) => {
      const { x, y, width, height } = await submit.boundingBox();
      await page.mouse.move(x + width / 2, y + height / 2);
      await page.mouse.down({ clickCount });
      await page.mouse.up({ clickCount });
    };
    await click(1);
    // The answer to the first is there before the second.
    await films.first().waitFor();
    await waitFor(isFree);
    await click(2);
    assert.ok(await isFree());

    await page.locator("#limit").focus();
    await page.keyboard.down("Enter");
    await films.nth(1).waitFor();
    await waitFor(isFree);
    await page.keyboard.down("Enter");
    assert.ok(await isFree());
    await page.keyboard.up("Enter");
    await page.locator(".film[data-state=completed]").nth(1).waitFor();
    await costOnce(simulator, 2);
  });
});
