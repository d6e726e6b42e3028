// How often each API key creates, in memory: one object is the whole account, so the limit is worldwide.
import { positive } from "../env.js";
import type { ApiErrorDetails } from "../types.js";

const MINUTE_MS = 60_000;
const DEFAULT_CREATES_PER_MINUTE = 60;

export class CreateRate {
  readonly #max: number;
  #minute = 0;
  #counts = new Map<string, number>();

  /** `max` creates per minute and key: a text of a variable. */
  constructor(max: string | undefined) {
    this.#max = positive(max, true) ?? DEFAULT_CREATES_PER_MINUTE;
  }

  /** Counts a create; returns why it is one too many. */
  add(keyId: string, now: number): ApiErrorDetails | undefined {
    const minute = Math.floor(now / MINUTE_MS);
    if (minute !== this.#minute) this.#counts = new Map();
    this.#minute = minute;
    const count = (this.#counts.get(keyId) ?? 0) + 1;
    this.#counts.set(keyId, count);
    return count > this.#max ? tooOften(this.#max, (minute + 1) * MINUTE_MS - now) : undefined;
  }
}

const tooOften = (max: number, waitMs: number): ApiErrorDetails => ({
  status: 429,
  code: "rate_limited",
  message: `This API key may create ${max} videos a minute. Retry later.`,
  retryAfterSeconds: Math.ceil(waitMs / 1000),
});
