// What each recipe has to show: one submit, one charge, one video.
import assert from "node:assert/strict";

/** One paid job at that provider, whatever was killed. */
export async function assertPaidOnce(ledger, provider) {
  const { submissions, charges } = await ledger();
  const accepted = submissions.filter(({ outcome }) => outcome === "accepted");
  assert.deepEqual(accepted.map((each) => each.provider), [provider]);
  assert.deepEqual(charges.map((each) => each.provider), [provider]);
}

/** A small, valid MP4. */
export function assertVideo(bytes) {
  assert.equal(Buffer.from(bytes).toString("latin1", 4, 8), "ftyp");
}
