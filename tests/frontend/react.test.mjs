// `filmgate/react` in React 18 and 19, in Chromium, with the full client of simulated providers over HTTP.
import assert from "node:assert/strict";
import { after, describe, test } from "node:test";
import { simulator } from "../client/support.mjs";
import { SLOW, click, stateOf, until, untilAccepted, untilStatus } from "./hook.mjs";
import { POLICY, bundle, openProfile, serveBundle } from "./site.mjs";

for (const react of [18, 19]) {
  describe(`React ${react}`, async () => {
    const origin = serveBundle({ after }, await bundle("react", { react }), { policy: POLICY.full });

    /** A page, with providers of its own whose jobs end when the clock is advanced. */
    async function open(t, query = {}, jobDurationMs = SLOW) {
      const sim = await simulator(t, { jobDurationMs });
      const profile = await openProfile(t);
      const url = `${await origin}/?${new URLSearchParams({ id: "hero", runware: sim.runware, ...query })}`;
      const page = await profile.open(url);
      const finish = () => sim.control("advance", { ms: SLOW });
      const submissions = async () => (await sim.ledger()).submissions.length;
      return { sim, page, finish, submissions, url, ...profile };
    }

    test("a submit in an effect of StrictMode is one job", async (t) => {
      const { page, submissions, problems } = await open(t, { effect: 1 }, 300);
      const { result, costUsd, isPending } = await untilStatus(page, "completed");
      assert.deepEqual([result.videos.length, costUsd, isPending, await submissions()], [1, result.costUsd, false, 1]);
      assert.ok(costUsd > 0);
      await page.waitForFunction(() => results.length === 2);
      assert.deepEqual(await page.evaluate(() => results), [["submit", 1], ["submit", 1]]);
      assert.deepEqual(problems, []);
    });

    test("a reload in the middle finds the job again, and a reload after the end its video", async (t) => {
      const { page, finish, submissions, problems } = await open(t);
      assert.equal((await stateOf(page)).status, "idle");
      await click(page, "Submit");
      await untilAccepted(page);
      await page.reload();
      await untilAccepted(page);
      await finish();
      const { result } = await untilStatus(page, "completed");
      await page.reload();
      const again = await untilStatus(page, "completed");
      assert.deepEqual(again.result.videos, result.videos);
      assert.equal(await submissions(), 1);
      await click(page, "Reset");
      await untilStatus(page, "idle");
      await page.reload();
      await page.waitForTimeout(300);
      assert.equal((await stateOf(page)).status, "idle");
      assert.deepEqual(problems, []);
    });

    test("a second tab follows without a request, and takes over when the first is closed", async (t) => {
      const { page, open: openTab, url, finish, submissions, problems } = await open(t);
      await click(page, "Submit");
      const { handle } = await untilAccepted(page);
      const requests = [];
      const tab = await openTab("about:blank");
      tab.on("request", (request) => request.url().includes("/v1") && requests.push(request.url()));
      await tab.goto(url);
      assert.equal((await untilAccepted(tab)).handle.id, handle.id);
      await click(tab, "Submit");
      await tab.waitForTimeout(1_500);
      assert.deepEqual(requests, [], "it calls no provider");
      await page.close();
      await finish();
      const { result } = await untilStatus(tab, "completed");
      assert.deepEqual([result.handle.id, await submissions()], [handle.id, 1]);
      assert.deepEqual(problems, []);
    });

    test("a component that unmounts in the middle shows the job again", async (t) => {
      const { page, finish, submissions, problems } = await open(t);
      await click(page, "Submit");
      await untilAccepted(page);
      await click(page, "Toggle");
      await page.locator("#state").waitFor({ state: "detached" });
      await finish();
      await page.waitForTimeout(300);
      await click(page, "Toggle");
      await untilStatus(page, "completed");
      assert.equal(await submissions(), 1);
      assert.deepEqual(problems, []);
    });

    if (react === 18) return;

    test("two components of one id share the job", async (t) => {
      const { page, submissions } = await open(t, { twice: 1 }, 300);
      await click(page, "Submit");
      await page.locator("#second").getByRole("button", { name: "Submit" }).click();
      await untilStatus(page, "completed");
      await page.waitForFunction(() => JSON.parse(document.querySelector("#second #state").textContent).status === "completed");
      assert.equal(await submissions(), 1);
    });

    for (const [what, leave] of [
      ["a reload", async (page) => (await page.reload(), page)],
      ["a tab that is closed", async (page, openTab, url) => (await page.close(), openTab(url))],
    ]) {
      test(`${what} before the submit is answered leads to the same job`, async (t) => {
        const { page, open: openTab, url, sim, submissions, finish } = await open(t);
        await sim.faults({ operation: "submit", fault: { kind: "latency", ms: 3_000 } });
        const sent = page.waitForRequest((request) => request.method() === "POST");
        await click(page, "Submit");
        await sent;
        const next = await leave(page, openTab, url);
        await untilAccepted(next);
        await finish();
        await untilStatus(next, "completed");
        assert.equal(await submissions(), 1);
      });
    }

    test("another request is rejected while one is pending, and is a second job after a reset", async (t) => {
      const { page, submissions, finish } = await open(t);
      await click(page, "Submit");
      await untilAccepted(page);
      await click(page, "Other");
      await page.waitForFunction(() => results.length === 1);
      assert.deepEqual(await page.evaluate(() => results), [["other", "invalid_request"]]);
      await click(page, "Reset");
      assert.equal((await untilStatus(page, "idle")).isPending, false);
      await click(page, "Other");
      await untilAccepted(page);
      await finish();
      await untilStatus(page, "completed");
      assert.equal(await submissions(), 2);
    });

    test("two tabs that submit at once submit one job, also if one of them gets its turn only after the end", async (t) => {
      const { page, open: openTab, url, finish, submissions } = await open(t);
      const tab = await openTab(url);
      // Both have read that there is no job, and wait for their turn.
      const other = await openTab(`${await origin}/page.js`);
      await other.evaluate(() => {
        const held = new Promise((free) => (globalThis.free = free));
        return new Promise((taken) => void navigator.locks.request("filmgate:hero", () => (taken(), held)));
      });
      await Promise.all([click(page, "Submit"), click(tab, "Submit")]);
      await other.waitForFunction(async () => (await navigator.locks.query()).pending.length === 2);
      await other.evaluate(() => free());
      await Promise.all([untilAccepted(page), untilAccepted(tab)]);
      await finish();
      await Promise.all([untilStatus(page, "completed"), untilStatus(tab, "completed")]);
      assert.equal(await submissions(), 1);
    });

    test("a cancel in the second tab asks the first, and both show the end", async (t) => {
      const { page, open: openTab, url, finish } = await open(t);
      await click(page, "Submit");
      await untilAccepted(page);
      const tab = await openTab(url);
      await untilAccepted(tab);
      await click(tab, "Cancel");
      // Runware cannot cancel, so the job goes on to its end.
      await finish();
      await untilStatus(tab, "completed");
      await tab.waitForFunction(() => results.length === 1);
      assert.deepEqual(await tab.evaluate(() => results), [["cancel", "already_finished"]]);
      await untilStatus(page, "completed");
    });

    test("a job that times out is unfinished: a submit or `resume` tracks it, and submits nothing", async (t) => {
      const { page, finish, submissions } = await open(t, { options: JSON.stringify({ timeoutMs: 15_000 }) });
      await click(page, "Submit");
      const { error, isPending } = await until(page, ({ isUnfinished }) => isUnfinished, "timeout");
      assert.deepEqual([error.code, isPending], ["timeout", false]);
      await click(page, "Submit");
      await untilAccepted(page);
      await finish();
      await untilStatus(page, "completed");
      assert.equal(await submissions(), 1);
    });

    test("a request that is refused leaves nothing behind", async (t) => {
      const { page, submissions } = await open(t, { options: JSON.stringify({ maxCostUsd: 0.001 }) });
      await click(page, "Submit");
      const { error, isUnfinished } = await untilStatus(page, "failed");
      assert.deepEqual([error.code, isUnfinished ?? false, await submissions()], ["budget_exceeded", false, 0]);
      assert.equal(await page.evaluate(() => localStorage.length), 0);
      await click(page, "Reset");
      await untilStatus(page, "idle");
    });

    test("without a store that survives, a reload resumes by the handle", async (t) => {
      const { page, finish, submissions } = await open(t, { store: "memory" });
      await click(page, "Submit");
      await untilAccepted(page);
      const saved = await page.evaluate(() => JSON.stringify(localStorage));
      assert.ok(!/lighthouse|any-key|http/.test(saved), saved);
      await page.reload();
      await untilAccepted(page);
      await finish();
      await untilStatus(page, "completed");
      assert.equal(await submissions(), 1);
    });

    test("without an id, a StrictMode component still submits one job", async (t) => {
      const sim = await simulator(t, { jobDurationMs: 300 });
      const { open: openPage } = await openProfile(t);
      const page = await openPage(`${await origin}/?${new URLSearchParams({ effect: 1, runware: sim.runware })}`);
      await untilStatus(page, "completed");
      assert.equal((await sim.ledger()).submissions.length, 1);
    });
  });
}
