// What a step does that has failed.
import { FilmgateError } from "filmgate";

const FIRST_MS = 1_000;
const MOST_MS = 60_000;

/** Doubling, a minute at most. */
export const backOff = (failures: number): number =>
  spread(Math.min(FIRST_MS * 2 ** failures, MOST_MS));

/** A quarter more or less: what failed together does not come again at the same moment. */
export const spread = (ms: number): number => ms * (0.75 + Math.random() / 2);

/** A stable name: what was thrown elsewhere may quote an address in its message. */
export function codeOf(error: unknown): string {
  if (error instanceof FilmgateError) return error.code;
  return error instanceof Error ? error.name : "unknown";
}
