// Whether a consumer works: its films, held against what the simulated providers know of them.
import assert from "node:assert/strict";
import { createHash } from "node:crypto";
import { startSimulator } from "../../../scripts/lib/simulator.mjs";

/**
 * Lets a consumer film at simulated providers of its own; answers with what it shipped to do so. One that
 * brings the providers with it tells their ledger, and what they served, beside its films.
 */
export async function prove(consumer, t) {
  const sim = await startSimulator({ args: ["--job-duration-ms", "300"] });
  t.after(sim.stop);
  const providers = { runpod: sim.runpod, runware: sim.runware };
  const { films, error, ledger, shipped } = await consumer.film(providers, t);
  assert.equal(error, undefined);
  const { submissions, charges } = ledger ?? (await ledgerOf(sim));
  assert.equal(submissions.length, 2);
  const paid = charges.map(({ provider, microUsd }) => [provider, microUsd]).sort();
  const told = films.map(({ provider, costUsd }) => [provider, Math.round(costUsd * 1e6)]).sort();
  assert.deepEqual(told, paid);
  assert.deepEqual(
    told.map(([provider]) => provider),
    ["runpod", "runware"],
  );
  for (const { quotedUsd, costUsd, sha256, url, served } of films) {
    assert.equal(quotedUsd, costUsd);
    assert.equal(sha256, served ?? (await digest(url)));
  }
  return shipped;
}

const ledgerOf = async ({ origin }) => (await fetch(`${origin}/control/ledger`)).json();

async function digest(url) {
  const response = await fetch(url);
  assert.equal(response.headers.get("content-type"), "video/mp4");
  const bytes = Buffer.from(await response.arrayBuffer());
  assert.ok(bytes.length > 0);
  return createHash("sha256").update(bytes).digest("hex");
}
