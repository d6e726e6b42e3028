// How much an order may hold. Looked at first: to check and price thousands of fields takes seconds.
import { refused } from "./errors.js";

/** Far more than any order has; the core goes as deep. */
const MOST_VALUES = 2_000;
const DEEPEST = 48;
/** What a job can keep of an order beside its pictures, in characters. */
const LARGEST = 256_000;

/** Refuses a body that holds too much, or too deep, for anything else to look at it. */
export function holdsLittle(body: unknown): void {
  let left = MOST_VALUES;
  const look = (value: unknown, depth: number): void => {
    left -= 1;
    if (left < 0) throw tooMuch(`may hold ${MOST_VALUES.toLocaleString("en")} values`);
    if (depth > DEEPEST) throw tooMuch(`may be ${DEEPEST} levels deep`);
    if (typeof value !== "object" || value === null || value instanceof Blob) return;
    for (const inner of Object.values(value)) look(inner, depth + 1);
  };
  look(body, 0);
}

/** Refuses an order that is too long to be kept; `request` has names in place of its pictures. */
export function isShort(request: Record<string, unknown>): void {
  if (JSON.stringify(request).length <= LARGEST) return;
  const most = LARGEST.toLocaleString("en");
  throw refused("payload_too_large", `Beside its pictures an order may have ${most} characters.`);
}

const tooMuch = (what: string) => refused("invalid_request_body", `An order ${what} at most.`);
