// The network goes, or the service does, and comes back: nobody presses anything, and the one job
// finishes with one charge. Where RunPod's answer to the submit was lost, that is said.
import assert from "node:assert/strict";
import { describe, test } from "node:test";
import { openContext } from "../browser.mjs";
import { Bare, serveBare } from "./bare.mjs";
import { openScene } from "./scene.mjs";
import { Site } from "./site.mjs";
import { assertPlays, waitFor } from "./support.mjs";

const PROVIDERS = ["runpod", "runware"];
const SETTLED = { runpod: "submission_unknown", runware: "completed" };
const COMPLETED = { runpod: "completed", runware: "completed" };

/**
 * What a page is doing when the network goes. `arrive` brings a scene there, and gives what then holds
 * its request; `meanwhile` is done while there is no network.
 */
const PHASES = {
  "before its submit": {
    end: SETTLED,
    jobs: { runpod: 0, runware: 1 },
    meanwhile: (scene) => scene.begin(),
  },
  "while its submit is unanswered": {
    end: SETTLED,
    jobs: { runpod: 1, runware: 1 },
    async arrive(scene) {
      const held = scene.gate.hold("submit", "answering");
      await scene.begin();
      return held;
    },
  },
  "in the queue": {
    end: COMPLETED,
    jobs: { runpod: 1, runware: 1 },
    config: { queueShare: 1 },
    async arrive(scene) {
      const held = scene.gate.hold("poll");
      await scene.begin();
      await scene.accepted();
      return held;
    },
  },
  "while it is filmed": {
    end: COMPLETED,
    jobs: { runpod: 1, runware: 1 },
    config: { queueShare: 0, statusSync: false },
    async arrive(scene) {
      await scene.begin();
      await scene.accepted();
      await scene.finish(0.5);
      await scene.runs();
      return scene.gate.hold("poll");
    },
  },
  "during the download": {
    end: COMPLETED,
    jobs: { runpod: 1, runware: 1 },
    async arrive(scene) {
      const held = scene.gate.hold("download", "halfway");
      const poll = scene.gate.hold("poll");
      await scene.begin();
      await scene.accepted();
      await scene.finish();
      poll.release();
      scene.downloading = scene.download();
      scene.downloading.catch(() => {}); // The check hears of it.
      return held;
    },
    check: (scene) => scene.downloading,
  },
};

/** What goes, and comes back. */
const OUTAGES = {
  "the network": {
    begin: ({ context }) => context.setOffline(true),
    end: ({ context }) => context.setOffline(false),
  },
  "the service": {
    begin: ({ scenes }) => Promise.all(scenes.map(({ gate }) => gate.close())),
    end: ({ scenes }) => Promise.all(scenes.map(({ gate }) => gate.open())),
  },
};

describe("a bare page", { concurrency: true }, () => {
  for (const [what, outage] of Object.entries(OUTAGES)) {
    test(`${what} goes and comes back`, { concurrency: true }, async (t) => {
      const context = await openContext(t);
      const page = await context.newPage();
      await page.goto(await serveBare(t));
      const cases = await Promise.all(
        Object.entries(PHASES).flatMap(([phaseName, phase]) =>
          PROVIDERS.map(async (provider) => {
            const name = `${provider}: ${phaseName}`;
            const view = new Bare(() => page);
            const scene = await openScene(t, { name, view, provider, ...phase });
            const held = await phase.arrive?.(scene);
            await held?.reached;
            return { name, phase, provider, scene, held };
          }),
        ),
      );
      const lost = { context, scenes: cases.map(({ scene }) => scene) };
      let failures = 0;
      page.on("requestfailed", () => (failures += 1));

      await outage.begin(lost);
      await Promise.all(
        cases.map(async ({ phase, scene, held }) => {
          held?.drop();
          await phase.meanwhile?.(scene);
          if (phase.arrive) await scene.finish();
        }),
      );
      // All that was under way is lost, and so is what is tried again.
      await waitFor(() => failures > cases.length + PROVIDERS.length);
      await outage.end(lost);
      await Promise.all(cases.map((each) => t.test(each.name, () => goesOn(each))));
    });
  }
});

async function goesOn({ phase, provider, scene }) {
  const expected = phase.end[provider];
  if (!phase.arrive && expected === "completed") {
    await scene.accepted();
    await scene.finish();
  }
  const { status, charge } = await scene.end();
  assert.equal(status, expected);
  if (status === "submission_unknown") assert.equal(charge, "unknown");
  await phase.check?.(scene);
  const { jobs, charges } = await scene.counts();
  assert.equal(jobs, phase.jobs[provider]);
  assert.equal(charges, jobs);
}

test("the page of www/ says that it is offline, and goes on by itself once it is not", async (t) => {
  const context = await openContext(t);
  let page;
  const view = new Site(async () => (page = await context.newPage()));
  const scene = await openScene(t, { name: "www", view, provider: "runpod" });
  const poll = scene.gate.hold("poll");
  const download = scene.gate.hold("download", "halfway");
  await scene.begin();
  await poll.reached;
  await context.setOffline(true);
  const notice = page.getByText("You are offline");
  await notice.waitFor();
  poll.drop();
  await scene.finish();
  await context.setOffline(false);
  await notice.waitFor({ state: "hidden" });

  await download.reached;
  await context.setOffline(true);
  download.drop();
  await page.getByRole("button", { name: "Try again" }).waitFor();
  await context.setOffline(false);
  await assertPlays(page.locator("video"));
  assert.deepEqual(await scene.end(), { status: "completed" });
  assert.deepEqual(await scene.counts(), { submissions: 1, jobs: 1, charges: 1 });
});
