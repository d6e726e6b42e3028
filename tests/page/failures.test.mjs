// What goes wrong is said with what it cost and what to do, and the handle can be copied.
import assert from "node:assert/strict";
import { test } from "node:test";
import { control, generate, ledger, openLocal, waitForState, useExample } from "./support.mjs";

test("a generation that fails: nothing billed, after a reload too", async (t) => {
  const { page } = await openLocal(t);
  await useExample(page, "Bakery");
  await page.locator("#prompt").fill("A cat yawns. [fail]");
  const card = await generate(page);
  await waitForState(card, "failed");
  await card.getByText("Nothing was billed.").waitFor();
  const said = await card.locator(".state").textContent();
  await page.reload();
  await waitForState(card, "failed");
  assert.equal(await card.locator(".state").textContent(), said);
});

test("a lost answer: never sent again, its handle to copy, found by its id", async (t) => {
  const context = { permissions: ["clipboard-read", "clipboard-write"] };
  const { page, simulator } = await openLocal(t, { context });
  await control(simulator, "faults", {
    rules: [{ provider: "runpod", operation: "submit", times: 1, fault: { kind: "resetAfter" } }],
  });
  await useExample(page, "Bakery");
  await page.locator("#submit").click();
  const card = page.locator(".job");
  await waitForState(card, "failed");
  await card.getByText(/Whether RunPod bills it is not known/).waitFor();
  assert.equal((await ledger(simulator)).submissions.length, 1);

  await card.getByRole("button", { name: "Copy the handle" }).click();
  await card.getByRole("button", { name: "Copied" }).waitFor();
  const handle = JSON.parse(await page.evaluate(() => navigator.clipboard.readText()));
  assert.equal(handle.provider, "runpod");
  assert.equal(handle.id, await card.getAttribute("data-job-id"));

  const [{ id }] = (await ledger(simulator)).submissions;
  await card.getByLabel("Job id from RunPod's console").fill(id);
  await card.getByRole("button", { name: "Go on with it" }).click();
  await waitForState(card, "completed");
  await card.getByText("Completed. Cost $1.20, as quoted.").waitFor();
  assert.equal((await ledger(simulator)).submissions.length, 1);
});
