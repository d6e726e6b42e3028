// The network or the service goes down and comes back: without user action, the one job finishes with
// one charge. If RunPod's response to the submit was lost, that is reported.
import assert from "node:assert/strict";
import { describe, test } from "node:test";
import { openContext } from "../browser.mjs";
import { BarePage, serveBare } from "./bare-page.mjs";
import { openScenario } from "./scenario.mjs";
import { Site } from "./site.mjs";
import { assertPlays, waitFor } from "./support.mjs";

const PROVIDERS = ["runpod", "runware"];
const RECONCILED = { runpod: "submission_unknown", runware: "completed" };
const COMPLETED = { runpod: "completed", runware: "completed" };

/**
 * What a page is doing when the network goes down. `arrive` brings a scenario there and returns the hold of
 * its request; `meanwhile` runs while there is no network.
 */
const PHASES = {
  "before its submit": {
    result: RECONCILED,
    jobs: { runpod: 0, runware: 1 },
    meanwhile: (scenario) => scenario.submit(),
  },
  "before the response to its submit": {
    result: RECONCILED,
    jobs: { runpod: 1, runware: 1 },
    async arrive(scenario) {
      const held = scenario.proxy.hold("submit", "response");
      await scenario.submit();
      return held;
    },
  },
  "in the queue": {
    result: COMPLETED,
    jobs: { runpod: 1, runware: 1 },
    config: { queueShare: 1 },
    async arrive(scenario) {
      const held = scenario.proxy.hold("poll");
      await scenario.submit();
      await scenario.waitUntilAccepted();
      return held;
    },
  },
  "while it is running": {
    result: COMPLETED,
    jobs: { runpod: 1, runware: 1 },
    config: { queueShare: 0, statusSync: false },
    async arrive(scenario) {
      await scenario.submit();
      await scenario.waitUntilAccepted();
      await scenario.finish(0.5);
      await scenario.waitUntilRunning();
      return scenario.proxy.hold("poll");
    },
  },
  "during the download": {
    result: COMPLETED,
    jobs: { runpod: 1, runware: 1 },
    async arrive(scenario) {
      const held = scenario.proxy.hold("download", "halfway");
      const poll = scenario.proxy.hold("poll");
      await scenario.submit();
      await scenario.waitUntilAccepted();
      await scenario.finish();
      poll.release();
      scenario.downloading = scenario.download();
      scenario.downloading.catch(() => {}); // `check` awaits it.
      return held;
    },
    // A long outage ends it, and says to try again.
    check: (scenario) => scenario.downloading.catch(() => scenario.download()),
  },
};

/** What goes down and comes back. */
const OUTAGES = {
  "the network": {
    begin: ({ context }) => context.setOffline(true),
    end: ({ context }) => context.setOffline(false),
  },
  "the service": {
    begin: ({ scenarios }) => Promise.all(scenarios.map(({ proxy }) => proxy.close())),
    end: ({ scenarios }) => Promise.all(scenarios.map(({ proxy }) => proxy.open())),
  },
};

describe("a bare page", { concurrency: true }, () => {
  for (const [what, outage] of Object.entries(OUTAGES)) {
    test(`${what} goes down and comes back`, { concurrency: true }, async (t) => {
      const context = await openContext(t);
      const page = await context.newPage();
      await page.goto(await serveBare(t));
      const cases = await Promise.all(
        Object.entries(PHASES).flatMap(([phaseName, phase]) =>
          PROVIDERS.map(async (provider) => {
            const name = `${provider}: ${phaseName}`;
            const view = new BarePage(() => page);
            const scenario = await openScenario(t, { name, view, provider, ...phase });
            const held = await phase.arrive?.(scenario);
            await held?.reached;
            return { name, phase, provider, scenario, held };
          }),
        ),
      );
      const lost = { context, scenarios: cases.map(({ scenario }) => scenario) };
      let failures = 0;
      page.on("requestfailed", () => (failures += 1));

      await outage.begin(lost);
      await Promise.all(
        cases.map(async ({ phase, scenario, held }) => {
          held?.drop();
          await phase.meanwhile?.(scenario);
          if (phase.arrive) await scenario.finish();
        }),
      );
      // All pending requests are lost, and so are retries.
      await waitFor(() => failures > cases.length + PROVIDERS.length);
      await outage.end(lost);
      await Promise.all(cases.map((each) => t.test(each.name, () => assertRecovers(each))));
    });
  }
});

async function assertRecovers({ phase, provider, scenario }) {
  const expected = phase.result[provider];
  if (!phase.arrive && expected === "completed") {
    await scenario.waitUntilAccepted();
    await scenario.finish();
  }
  const { status, charge } = await scenario.result();
  assert.equal(status, expected);
  if (status === "submission_unknown") assert.equal(charge, "unknown");
  await phase.check?.(scenario);
  const { jobs, charges } = await scenario.counts();
  assert.equal(jobs, phase.jobs[provider]);
  assert.equal(charges, jobs);
}

test("the page of www/ shows that it is offline, and continues by itself when it is back online", async (t) => {
  const context = await openContext(t);
  let page;
  const view = new Site(async () => (page = await context.newPage()));
  const scenario = await openScenario(t, { name: "www", view, provider: "runpod" });
  const poll = scenario.proxy.hold("poll");
  const download = scenario.proxy.hold("download", "halfway");
  await scenario.submit();
  await poll.reached;
  await context.setOffline(true);
  const notice = page.getByText("You are offline");
  await notice.waitFor();
  const panel = page.locator(".job").getByText("The video continues at RunPod. This page looks at it again once you are online.");
  await panel.waitFor();
  poll.drop();
  await scenario.finish();
  await context.setOffline(false);
  await notice.waitFor({ state: "hidden" });
  await panel.waitFor({ state: "detached" });

  await download.reached;
  await context.setOffline(true);
  download.drop();
  await page.getByRole("button", { name: "Try again" }).waitFor();
  await context.setOffline(false);
  await assertPlays(page.locator("video"));
  assert.deepEqual(await scenario.result(), { status: "completed" });
  assert.deepEqual(await scenario.counts(), { submissions: 1, jobs: 1, charges: 1 });
});

test("the page of www/, offline before the response to a submit, does not say that the video continues", async (t) => {
  const context = await openContext(t);
  let page;
  const view = new Site(async () => (page = await context.newPage()));
  const scenario = await openScenario(t, { name: "www", view, provider: "runpod" });
  const held = scenario.proxy.hold("submit", "response");
  await scenario.submit();
  await held.reached;
  await context.setOffline(true);
  const job = page.locator(".job");
  await job.getByText("Whether RunPod has accepted it is checked once you are online.").waitFor();
  assert.equal(await job.getByText("The video continues").count(), 0);
  held.drop();
  await context.setOffline(false);
  assert.deepEqual(await scenario.result(), { status: "submission_unknown", charge: "unknown" });
});
