// A page dies in every phase of its job, in three ways, and is reopened: the one job finishes with one
// charge. If the response to a RunPod submit may have been lost with the page, the reopened page reports
// that, and nothing is resubmitted.
import assert from "node:assert/strict";
import { describe, test } from "node:test";
import { TIMEOUT_MS } from "../chromium.mjs";
import { BarePage, serveBare } from "./bare-page.mjs";
import { openScenario } from "./scenario.mjs";
import { Site } from "./site.mjs";
import { waitFor, withTimeout } from "./support.mjs";
import { KILLED, TERMINATIONS } from "./terminations.mjs";

const PROVIDERS = ["runpod", "runware"];

const NONE = { runpod: "none", runware: "none" };
// RunPod cannot be queried for the outcome of a submit.
const RECONCILED = { runpod: "submission_unknown", runware: "completed" };
const COMPLETED = { runpod: "completed", runware: "completed" };

/**
 * What a page is doing when it dies. `result`: what the reopened page reports. `jobs`: how many the
 * provider has accepted by then. `arrive` brings a scenario there; `after` runs once its page is reopened;
 * `check` asserts more than the result.
 */
const PHASES = {
  "before its record is stored": {
    result: NONE,
    jobs: 0,
    freeze: "createdAt",
    async arrive(scenario) {
      scenario.submit().catch(() => {}); // It hangs at once.
      await scenario.frozen.reached;
    },
  },
  "after its record is stored, before its submit leaves": {
    result: RECONCILED,
    jobs: 0,
    arrive: (scenario) => reach(scenario, scenario.proxy.hold(scenario.view.firstOperation)),
  },
  "during its submit, which never arrives": {
    result: RECONCILED,
    jobs: 0,
    arrive: (scenario) => reach(scenario, scenario.proxy.hold("submit")),
  },
  "during its submit, which arrives late": {
    result: RECONCILED,
    jobs: 0,
    arrive: (scenario) => reach(scenario, scenario.proxy.hold("submit")),
    async after(scenario) {
      // Runware is polled, does not know the task yet, and receives it again.
      const submissions = scenario.provider === "runware" ? 2 : 1;
      if (submissions === 2) await scenario.waitUntilAccepted();
      scenario.held.release();
      await waitFor(async () => (await scenario.counts()).submissions === submissions);
    },
  },
  "after its submit has arrived, before the response": {
    result: RECONCILED,
    jobs: 1,
    arrive: (scenario) => reach(scenario, scenario.proxy.hold("submit", "response")),
  },
  "after the response, before it is stored": {
    result: RECONCILED,
    jobs: 1,
    freeze: "acceptedAt",
    async arrive(scenario) {
      await scenario.submit();
      await scenario.frozen.reached;
    },
  },
  "in the queue": {
    result: COMPLETED,
    jobs: 1,
    config: { queueShare: 1 },
    async arrive(scenario) {
      await scenario.submit();
      await scenario.waitUntilAccepted();
    },
  },
  "while it is running, between two polls": {
    result: COMPLETED,
    jobs: 1,
    config: { queueShare: 0, statusSync: false },
    async arrive(scenario) {
      await scenario.submit();
      await scenario.waitUntilAccepted();
      await scenario.reload();
      await scenario.waitUntilRunning();
    },
  },
  "during a poll": {
    result: COMPLETED,
    jobs: 1,
    async arrive(scenario) {
      await scenario.submit();
      await scenario.waitUntilAccepted();
      const held = scenario.proxy.hold("poll");
      await scenario.reload();
      await held.reached;
    },
  },
  "after its end, before that is stored": {
    result: COMPLETED,
    jobs: 1,
    freeze: "endedAt",
    async arrive(scenario) {
      await scenario.submit();
      await scenario.waitUntilAccepted();
      await scenario.finish();
      scenario.reload().catch(() => {}); // It hangs while it opens.
      await scenario.frozen.reached;
    },
  },
  "during the download": {
    result: COMPLETED,
    jobs: 1,
    async arrive(scenario) {
      await scenario.submit();
      await scenario.waitUntilAccepted();
      await scenario.finish();
      const held = scenario.proxy.hold("download", "halfway");
      await scenario.reload();
      scenario.download().catch(() => {}); // It never finishes.
      await held.reached;
    },
    check: (scenario) => scenario.download(),
  },
};

async function reach(scenario, held) {
  scenario.held = held;
  await scenario.submit();
  await held.reached;
}

// A bare page holds all jobs at once; the page of www/ is opened for each, which is slow. So the page
// of www/ is tested only with a killed browser, and with both providers only if their results differ.
const VIEWS = {
  "a bare page": { terminations: TERMINATIONS, open: openBare, providers: () => PROVIDERS },
  "the page of www/": {
    terminations: { [KILLED]: TERMINATIONS[KILLED] },
    open: openSites,
    providers: ({ result }) => (result === RECONCILED ? PROVIDERS : ["runpod"]),
  },
};

async function openBare(t, browser) {
  const url = await serveBare(t);
  const opened = browser.perBrowser(async () => {
    const page = await browser.page();
    await page.goto(url);
    return page;
  });
  return () => new BarePage(opened, { fetchesKey: true });
}

async function openSites(t, browser) {
  return () => new Site(browser.page);
}

for (const [viewName, { terminations, open, providers }] of Object.entries(VIEWS)) {
  describe(viewName, { concurrency: true }, () => {
    for (const [termination, launch] of Object.entries(terminations)) {
      test(termination, { concurrency: true }, async (t) => {
        const browser = await launch(t);
        const view = await open(t, browser);
        const cases = Object.entries(PHASES).flatMap(([phaseName, phase]) =>
          providers(phase).map((provider) => {
            const name = `${provider}: ${phaseName}`;
            const scenario = openScenario(t, { name, view: view(), provider, ...phase });
            return { name, phase, provider, scenario };
          }),
        );
        await Promise.allSettled(cases.map(({ scenario }) => scenario));
        // Runware accepts a repeated task for a short time only: these cases go last and first.
        const isUrgent = ({ phase, provider }) => phase.jobs === 0 && provider === "runware";
        const urgent = cases.filter(isUrgent);
        const others = cases.filter((each) => !isUrgent(each));
        for (const group of [others, urgent]) {
          for (const each of group) each.arrived = withTimeout(arrive(each), each.name);
          await Promise.allSettled(group.map(({ arrived }) => arrived));
        }
        await browser.terminate();
        for (const group of [urgent, others]) {
          const check = (each) => t.test(each.name, { timeout: TIMEOUT_MS }, () => reopen(each));
          await Promise.all(group.map(check));
        }
      });
    }
  });
}

async function arrive({ phase, scenario }) {
  await phase.arrive(await scenario);
}

/** Reopens a dead page and asserts the result of its job. */
async function reopen({ arrived, phase, provider, scenario: opened }) {
  await arrived;
  const scenario = await opened;
  const expected = phase.result[provider];
  const completes = expected === "completed";
  // A page that was just opened polls at once.
  if (phase.jobs > 0) await scenario.finish();
  await scenario.reopen();
  await phase.after?.(scenario);
  if (phase.jobs === 0 && completes) {
    await scenario.waitUntilAccepted();
    await scenario.finish();
    await scenario.reload();
  }
  const { status, charge } = await scenario.result();
  assert.equal(status, expected);
  if (status === "submission_unknown") assert.equal(charge, "unknown");
  await phase.check?.(scenario);

  await scenario.finish();
  const { jobs, charges } = await scenario.counts();
  assert.equal(jobs, phase.after || completes ? 1 : phase.jobs);
  assert.equal(charges, jobs);
}
