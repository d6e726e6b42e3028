// The simulators as a server on this machine, as `npm start` offers them.
import assert from "node:assert/strict";
import { testSeeds } from "./films.mjs";
import { ledger, simulatorFor } from "./support.mjs";

const open = async (t) => ({ simulator: await simulatorFor(t) });

testSeeds("local", open, async ({ simulator }) => {
  const { submits, bills } = await ledger(simulator);
  assert.deepEqual([submits.length, bills.length], [1, 1], "filmed and billed once, reload or not");
});
