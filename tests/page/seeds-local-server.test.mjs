// The simulated providers as a server on this machine, as `npm start` runs them.
import assert from "node:assert/strict";
import { test } from "node:test";
import { testSeeds } from "./seeds.mjs";
import {
  chooseEnvironment,
  generate,
  ledger,
  openPage,
  reload,
  simulatorFor,
  waitForAccepted,
  waitForState,
  useExample,
} from "./support.mjs";

const open = async (t) => ({ simulator: await simulatorFor(t) });

testSeeds("local", open, async ({ simulator }) => {
  const { submissions, charges } = await ledger(simulator);
  assert.deepEqual([submissions.length, charges.length], [1, 1], "submitted and billed once, despite the reload");
});

for (const example of ["Bakery", "Mangrove"]) {
  test(`${example}: the card shows the expected end, also after a reload`, async (t) => {
    const simulator = await simulatorFor(t, { jobDurationMs: 600_000 });
    const { page } = await openPage(t, { simulator });
    await chooseEnvironment(page, "local");
    await useExample(page, example);
    const card = await generate(page);
    await card.getByText(/^Expected/).waitFor();
    await waitForAccepted(card);
    await reload(page);
    await waitForState(card, "running");
    await card.getByText(/^Expected/).waitFor();
  });
}
