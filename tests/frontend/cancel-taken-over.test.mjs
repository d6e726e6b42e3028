// A cancel that is asked for while the tab that tracks the job stands still, and is closed.
import assert from "node:assert/strict";
import { after, test } from "node:test";
import { click, holdLock, results, servePage, untilAccepted, untilStatus, waiting } from "./hook.mjs";

const open = await servePage({ after });

test("the tab that takes over cancels the job", async (t) => {
  const { page, open: openTab, url, origin } = await open(t, { provider: "runpod" });
  await click(page, "Submit");
  const { handle } = await untilAccepted(page);
  const still = await openTab(`${origin}/page.js`);
  const lock = await holdLock(still);
  await waiting(still, 1);
  await page.close();
  await lock.isHeld;
  const tab = await openTab(url);
  assert.equal((await untilAccepted(tab)).handle.id, handle.id);
  await click(tab, "Cancel");
  await tab.waitForFunction(() => JSON.parse(localStorage.getItem("filmgate:hero")).cancel);
  await lock.free();
  await untilStatus(tab, "cancelled");
  assert.deepEqual(await results(tab, 1), [["cancel", "cancelled"]]);
});
