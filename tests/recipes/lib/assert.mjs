// What each recipe has to show: one submit, one charge, one video.
import assert from "node:assert/strict";

/** One paid job at that provider, whatever was killed. */
export async function assertPaidOnce(ledger, provider) {
  const { submissions, charges } = await ledger();
  const accepted = submissions.filter(({ outcome }) => outcome === "accepted");
  assert.deepEqual(accepted.map((each) => each.provider), [provider]);
  assert.deepEqual(charges.map((each) => each.provider), [provider]);
}

/** What a player asks for first, and what it asks for when it seeks. */
export async function assertRanges(url) {
  const get = (range) => fetch(url, { headers: { range } });
  const whole = Buffer.from(await (await fetch(url)).arrayBuffer());
  const size = whole.length;
  for (const [range, start, end] of [["bytes=0-1", 0, 1], [`bytes=${size - 9}-`, size - 9, size - 1], [`bytes=5-${2 * size}`, 5, size - 1]]) {
    const part = await get(range);
    assert.equal(part.status, 206, range);
    assert.equal(part.headers.get("content-range"), `bytes ${start}-${end}/${size}`);
    assert.deepEqual(Buffer.from(await part.arrayBuffer()), whole.subarray(start, end + 1));
  }
  const beyond = await get(`bytes=${size}-`);
  assert.equal(beyond.status, 416);
  assert.equal(beyond.headers.get("content-range"), `bytes */${size}`);
}

/** A small, valid MP4. */
export function assertVideo(bytes) {
  assert.equal(Buffer.from(bytes).toString("latin1", 4, 8), "ftyp");
}
