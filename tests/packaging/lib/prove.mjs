// Whether a consumer works: its videos, compared with the records of the simulated providers.
import assert from "node:assert/strict";
import { createHash } from "node:crypto";
import { startSimulator } from "../../../scripts/lib/simulator.mjs";

/**
 * Runs a consumer with simulated providers of its own. Returns the files that it loaded. One that
 * contains the providers reports their ledger, and what they served, with its videos.
 */
export async function prove(consumer, t) {
  const sim = await startSimulator({ args: ["--job-duration-ms", "300"] });
  t.after(sim.stop);
  const providers = { runpod: sim.runpod, runware: sim.runware };
  const { videos, error, ledger, shipped } = await consumer.generate(providers, t);
  assert.equal(error, undefined);
  const { submissions, charges } = ledger ?? (await ledgerOf(sim));
  assert.equal(submissions.length, 2);
  const paid = charges.map(({ provider, microUsd }) => [provider, microUsd]).sort();
  const told = videos.map(({ provider, costUsd }) => [provider, Math.round(costUsd * 1e6)]).sort();
  assert.deepEqual(told, paid);
  assert.deepEqual(
    told.map(([provider]) => provider),
    ["runpod", "runware"],
  );
  for (const { quotedUsd, costUsd, sha256, url, served } of videos) {
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
