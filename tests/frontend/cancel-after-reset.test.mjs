// A job that another tab has reset, which continues in the tab that has submitted it.
import assert from "node:assert/strict";
import { after, test } from "node:test";
import { click, results, servePage, untilAccepted, untilStatus } from "./hook.mjs";

const open = await servePage({ after });

test("that tab can cancel it", async (t) => {
  const { page, open: openTab, url } = await open(t, { provider: "runpod" });
  await click(page, "Submit");
  await untilAccepted(page);
  const tab = await openTab(url);
  await untilAccepted(tab);
  await click(tab, "Reset");
  await untilStatus(tab, "idle");
  await click(page, "Cancel");
  await untilStatus(page, "cancelled");
  assert.ok((await results(page, 2)).some(([name, value]) => name === "cancel" && value === "cancelled"));
});
