// Repeated calls, in Node and, bundled, in a page.
import { byTurns } from "../lib/by-turns.mjs";
import { callsOf } from "./calls.mjs";

/** Measures all calls by turns, `passes` times: `{ what: { by: µs } }`. */
export async function loops(filmgates, { passes }) {
  const calls = Object.entries(callsOf(filmgates)).flatMap(([what, row]) =>
    Object.entries(row).map(([by, work]) => ({ what, by, work })),
  );
  const times = await byTurns(
    calls.map(({ work }) => work),
    passes,
  );
  const rows = {};
  calls.forEach(({ what, by }, at) => ((rows[what] ??= {})[by] = times[at]));
  return rows;
}
