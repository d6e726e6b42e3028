// A failure shows whether it was billed and what to do, and the handle can be copied.
import assert from "node:assert/strict";
import { test } from "node:test";
import { chooseMore, control, generate, ledger, openLocal, ready, waitForState, useExample } from "./support.mjs";

test("a failed generation is not billed, and stays shown after a reload", async (t) => {
  const { page } = await openLocal(t);
  await useExample(page, "Bakery");
  await page.locator("#prompt").fill("A cat yawns. [fail]");
  const card = await generate(page);
  await waitForState(card, "failed");
  await card.getByText("Nothing was billed.").waitFor();
  const text = await card.locator(".state").textContent();
  await page.reload();
  await ready(page);
  await waitForState(card, "failed");
  assert.equal(await card.locator(".state").textContent(), text);
});

test("a lost response: the job is never resubmitted, its handle can be copied, and its id resumes it", async (t) => {
  const context = { permissions: ["clipboard-read", "clipboard-write"] };
  const { page, simulator } = await openLocal(t, { context });
  await control(simulator, "faults", {
    rules: [{ provider: "runpod", operation: "submit", times: 1, fault: { kind: "resetAfter" } }],
  });
  await useExample(page, "Bakery");
  const card = await generate(page);
  await waitForState(card, "failed");
  await card.getByText(/RunPod is simulated: nothing is paid/).waitFor();
  assert.equal((await ledger(simulator)).submissions.length, 1);

  await chooseMore(card, "Copy handle");
  await card.getByRole("button", { name: "Copied" }).waitFor();
  const handle = JSON.parse(await page.evaluate(() => navigator.clipboard.readText()));
  assert.equal(handle.provider, "runpod");
  assert.equal(handle.id, await card.getAttribute("data-job-id"));

  const [{ id }] = (await ledger(simulator)).submissions;
  await card.getByLabel("Job id from the simulator's ledger").fill(id);
  await card.getByRole("button", { name: "Resume" }).click();
  await waitForState(card, "completed");
  await card.getByText("Completed. Cost $1.20, as quoted.").waitFor();
  assert.equal((await ledger(simulator)).submissions.length, 1);
});
