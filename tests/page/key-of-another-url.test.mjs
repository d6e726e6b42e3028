// A key belongs to the URL that it was entered for.
import assert from "node:assert/strict";
import { test } from "node:test";
import { chooseEnvironment, chooseModel, enterSettings, generate, openPage, simulatorFor, waitForAccepted, waitForPrice } from "./support.mjs";

test("a running job polls its old URL with the key of that URL", async (t) => {
  const [old, next] = [await simulatorFor(t, { jobDurationMs: 600_000 }), await simulatorFor(t)];
  const { page } = await openPage(t);
  await chooseEnvironment(page, "live");
  await enterSettings(page, { "key-runware": "key-of-the-old-proxy", "base-runware": old.runware });
  await chooseModel(page, "p-video");
  await page.locator("#prompt").fill("A lighthouse");
  await waitForPrice(page);
  await waitForAccepted(await generate(page));
  await enterSettings(page, { "base-runware": next.runware, "key-runware": "key-of-the-new-proxy" });
  const poll = await page.waitForRequest((request) => request.url().startsWith(old.runware));
  assert.equal((await poll.allHeaders()).authorization, "Bearer key-of-the-old-proxy");
});
