// A cancel shows its result: RunPod stops the job, Runware does not support it.
import assert from "node:assert/strict";
import { test } from "node:test";
import {
  assertPlays,
  control,
  generate,
  ledger,
  openLocal,
  waitForState,
  useExample,
} from "./support.mjs";

test("RunPod: cancelled, with its charge", async (t) => {
  const { page, simulator } = await openLocal(t, { jobDurationMs: 600_000 });
  await control(simulator, "config", { queueShare: 0 });
  await useExample(page, "Bakery");
  const card = await generate(page);
  await card.getByText(/^Generating/).waitFor();
  await card.getByRole("button", { name: "Cancel" }).click();
  await waitForState(card, "failed");
  await card.getByText("Cancelled", { exact: true }).waitFor();
  await card.locator(".notice", { hasText: /billed|nothing is paid/ }).waitFor();
  assert.equal(await card.locator("video").count(), 0);
  const { submissions } = await ledger(simulator);
  assert.equal(submissions.length, 1);
});

test("Runware: the job continues, and the card shows it", async (t) => {
  const { page, simulator } = await openLocal(t, { jobDurationMs: 600_000 });
  await useExample(page, "Mangrove");
  const card = await generate(page);
  await card.getByRole("button", { name: "Cancel" }).click();
  await card.getByText("Runware does not support cancelling: the job continues.").waitFor();
  await control(simulator, "advance", { ms: 600_000 });
  await waitForState(card, "completed");
  await assertPlays(card.locator("video"));
});
