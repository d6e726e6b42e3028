// The simulators as a server on this machine, as `npm start` offers them.
import assert from "node:assert/strict";
import { test } from "node:test";
import { testSeeds } from "./jobs.mjs";
import {
  choosePlace,
  film,
  ledger,
  openPage,
  reload,
  simulatorFor,
  stateOf,
  takeExample,
} from "./support.mjs";

const open = async (t) => ({ simulator: await simulatorFor(t) });

testSeeds("local", open, async ({ simulator }) => {
  const { submissions, charges } = await ledger(simulator);
  assert.deepEqual([submits.length, charges.length], [1, 1], "filmed and billed once, reload or not");
});

for (const example of ["Bakery", "Mangrove"]) {
  test(`${example}: the card says when the film is expected, and again after a reload`, async (t) => {
    const simulator = await simulatorFor(t, ["--job-duration-ms", "600000"]);
    const { page } = await openPage(t, { simulator });
    await choosePlace(page, "local");
    await takeExample(page, example);
    const card = await film(page);
    await card.getByText(/^Expected/).waitFor();
    await reload(page);
    await stateOf(card, "running");
    await card.getByText(/^Expected/).waitFor();
  });
}
