// Whether a consumer submits once where a connection breaks, by what the server has read.
import assert from "node:assert/strict";
import { startBreaking } from "./breaking-server.mjs";

/** One that `refuses` sends nothing where nothing would stop the runtime from sending it twice. */
export async function proveOnce({ http2 = false, refuses = false, submit }, t) {
  const servers = await startBreaking(t, { http2 });
  const baseURLs = Object.entries(servers).map(([name, { baseURL }]) => [name, baseURL]);
  const ends = await submit(Object.fromEntries(baseURLs), t);
  const counts = Object.entries(servers).map(([name, { submits }]) => [name, submits]);
  const expected = counts.map(([name]) => [name, refuses ? 0 : 1]);
  assert.deepEqual(Object.fromEntries(counts), Object.fromEntries(expected), JSON.stringify(ends));
  for (const [name, end] of Object.entries(ends)) {
    if (refuses) assert.match(end, /, none$/, name);
    else if (name !== "misdirected") assert.equal(end, "submission_unknown, unknown", name);
    else assert.notEqual(end, "submitted");
  }
}
