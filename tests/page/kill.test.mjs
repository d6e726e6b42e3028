// A page that films dies at every phase of its job, in three ways, and is opened again: the one job
// finishes with one charge. Where the answer to a RunPod submit may have been lost with the page,
// the reopened page says so, and nothing is sent again.
import assert from "node:assert/strict";
import { describe, test } from "node:test";
import { TIMEOUT_MS } from "../chromium.mjs";
import { BarePage, serveBare } from "./bare-page.mjs";
import { KILLED, TERMINATIONS } from "./terminations.mjs";
import { openScenario } from "./scenario.mjs";
import { Site } from "./site.mjs";
import { waitFor, within } from "./support.mjs";

const PROVIDERS = ["runpod", "runware"];

const NOTHING = { runpod: "none", runware: "none" };
// RunPod cannot be asked what became of a submit.
const RECONCILED = { runpod: "submission_unknown", runware: "completed" };
const COMPLETED = { runpod: "completed", runware: "completed" };

/**
 * What a page is doing when it dies. `end`: what the reopened page says of its job. `jobs`: how many
 * the provider has made by then. `arrive` brings a scenario there; `after` is done once its page is open
 * again; `check` looks at more than how the job has ended.
 */
const PHASES = {
  "before its record is stored": {
    end: NOTHING,
    jobs: 0,
    freeze: "createdAt",
    async arrive(scenario) {
      scenario.begin().catch(() => {}); // It freezes at once.
      await scenario.frozen.reached;
    },
  },
  "after its record is stored, before its submit leaves": {
    end: RECONCILED,
    jobs: 0,
    arrive: (scenario) => reach(scenario, scenario.proxy.hold(scenario.view.threshold)),
  },
  "while its submit is on its way, which never arrives": {
    end: RECONCILED,
    jobs: 0,
    arrive: (scenario) => reach(scenario, scenario.proxy.hold("submit")),
  },
  "while its submit is on its way, which arrives late": {
    end: RECONCILED,
    jobs: 0,
    arrive: (scenario) => reach(scenario, scenario.proxy.hold("submit")),
    async after(scenario) {
      // Runware is asked, does not know the task yet, and is sent it again.
      const submissions = scenario.provider === "runware" ? 2 : 1;
      if (submissions === 2) await scenario.accepted();
      scenario.held.release();
      await waitFor(async () => (await scenario.counts()).submissions === submissions);
    },
  },
  "after its submit has arrived, before the answer": {
    end: RECONCILED,
    jobs: 1,
    arrive: (scenario) => reach(scenario, scenario.proxy.hold("submit", "answering")),
  },
  "after the answer, before it is stored": {
    end: RECONCILED,
    jobs: 1,
    freeze: "acceptedAt",
    async arrive(scenario) {
      await scenario.begin();
      await scenario.frozen.reached;
    },
  },
  "in the queue": {
    end: COMPLETED,
    jobs: 1,
    config: { queueShare: 1 },
    async arrive(scenario) {
      await scenario.begin();
      await scenario.accepted();
    },
  },
  "while it is filmed, between two questions": {
    end: COMPLETED,
    jobs: 1,
    config: { queueShare: 0, statusSync: false },
    async arrive(scenario) {
      await scenario.begin();
      await scenario.accepted();
      await scenario.reload();
      await scenario.runs();
    },
  },
  "while a question is away": {
    end: COMPLETED,
    jobs: 1,
    async arrive(scenario) {
      await scenario.begin();
      await scenario.accepted();
      const held = scenario.proxy.hold("poll");
      await scenario.reload();
      await held.reached;
    },
  },
  "after its end, before that is stored": {
    end: COMPLETED,
    jobs: 1,
    freeze: "endedAt",
    async arrive(scenario) {
      await scenario.begin();
      await scenario.accepted();
      await scenario.finish();
      scenario.reload().catch(() => {}); // It freezes while it opens.
      await scenario.frozen.reached;
    },
  },
  "during the download": {
    end: COMPLETED,
    jobs: 1,
    async arrive(scenario) {
      await scenario.begin();
      await scenario.accepted();
      await scenario.finish();
      const held = scenario.proxy.hold("download", "halfway");
      await scenario.reload();
      scenario.download().catch(() => {}); // It does not come to its end.
      await held.reached;
    },
    check: (scenario) => scenario.download(),
  },
};

async function reach(scenario, held) {
  scenario.held = held;
  await scenario.begin();
  await held.reached;
}

// The films of a bare page are all in one; a page of www/ is opened for each, which takes its time.
// So what a user sees is shown of the rudest end alone, and of both providers where they differ.
const VIEWS = {
  "a bare page": { lives: TERMINATIONS, open: openBare, providers: () => PROVIDERS },
  "the page of www/": {
    lives: { [KILLED]: TERMINATIONS[KILLED] },
    open: openSites,
    providers: ({ end }) => (end === RECONCILED ? PROVIDERS : ["runpod"]),
  },
};

async function openBare(t, life) {
  const address = await serveBare(t);
  const opened = life.untilEnd(async () => {
    const page = await life.page();
    await page.goto(address);
    return page;
  });
  return () => new BarePage(opened, { asksKey: true });
}

async function openSites(t, life) {
  return () => new Site(life.page);
}

for (const [viewName, { lives, open, providers }] of Object.entries(VIEWS)) {
  describe(viewName, { concurrency: true }, () => {
    for (const [how, live] of Object.entries(lives)) {
      test(how, { concurrency: true }, async (t) => {
        const life = await live(t);
        const view = await open(t, life);
        const cases = Object.entries(PHASES).flatMap(([phaseName, phase]) =>
          providers(phase).map((provider) => {
            const name = `${provider}: ${phaseName}`;
            const scenario = openScenario(t, { name, view: view(), provider, ...phase });
            return { name, phase, provider, scenario };
          }),
        );
        await Promise.allSettled(cases.map(({ scenario }) => scenario));
        // Runware takes a task again for a short time only: no other is waited for meanwhile.
        const isHurried = ({ phase, provider }) => phase.jobs === 0 && provider === "runware";
        const hurried = cases.filter(isHurried);
        const patient = cases.filter((each) => !isHurried(each));
        for (const group of [patient, hurried]) {
          for (const each of group) each.arrived = within(arrive(each), each.name);
          await Promise.allSettled(group.map(({ arrived }) => arrived));
        }
        await life.end();
        for (const group of [hurried, patient]) {
          const goOn = (each) => t.test(each.name, { timeout: TIMEOUT_MS }, () => reopen(each));
          await Promise.all(group.map(goOn));
        }
      });
    }
  });
}

async function arrive({ phase, scenario }) {
  await phase.arrive(await scenario);
}

/** Opens a page again that has died, and looks what has come of its job. */
async function reopen({ arrived, phase, provider, scenario: opened }) {
  await arrived;
  const scenario = await opened;
  const expected = phase.end[provider];
  const isLeft = expected === "completed";
  // A page that has just been opened asks at once, however seldom it asks later.
  if (phase.jobs > 0) await scenario.finish();
  await scenario.reopen();
  await phase.after?.(scenario);
  if (phase.jobs === 0 && isLeft) {
    await scenario.accepted();
    await scenario.finish();
    await scenario.reload();
  }
  const { status, charge } = await scenario.end();
  assert.equal(status, expected);
  if (status === "submission_unknown") assert.equal(charge, "unknown");
  await phase.check?.(scenario);

  await scenario.finish();
  const { jobs, charges } = await scenario.counts();
  assert.equal(jobs, phase.after || isLeft ? 1 : phase.jobs);
  assert.equal(charges, jobs);
}
