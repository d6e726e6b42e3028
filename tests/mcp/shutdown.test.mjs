// A server that is told to end submits nothing any more.
import assert from "node:assert/strict";
import { test } from "node:test";
import { simulator, waitFor } from "../client/support.mjs";
import { REQUEST, accepted, isRunning, workplace } from "./support.mjs";

/** How it ends, and a pause that is shorter than the time that it, or its client, allows for that. */
const ENDS = [
  ["gets SIGTERM", (agent) => agent.kill("SIGTERM"), 8],
  ["is left by its client", (agent) => agent.client.close(), 3],
];

for (const [how, end, retryAfter] of ENDS) {
  test(`a server that ${how} in the pause of a rate limit does not submit, and reserves nothing`, async (t) => {
    const sim = await simulator(t);
    const { server } = workplace(t, sim);
    await sim.faults({ operation: "submit", times: 1, fault: { kind: "rateLimit", retryAfter } });
    const first = await server();
    const sent = first.raw("submit", { request: REQUEST, maxCostUsd: 1 }).catch((error) => error);
    await waitFor(async () => (await sim.ledger()).submissions.length > 0);
    await end(first);
    await sent;
    await waitFor(() => !isRunning(first.pid));
    assert.deepEqual(accepted(await sim.ledger()), []);
    const { budget } = await (await server()).call("jobs");
    assert.deepEqual([budget.reservedUsd, budget.spentUsd], [0, 0]);
  });
}
