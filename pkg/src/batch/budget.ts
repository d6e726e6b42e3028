/** A budget in integer micro-dollars. What is spent and reserved exceeds it only if a provider bills above its quote. */
export class Budget {
  spent = 0;
  reserved = 0;

  constructor(readonly limit: number) {}

  /** Reserves the amount if it fits. */
  reserve(amount: number): boolean {
    if (this.spent + this.reserved + amount > this.limit) return false;
    this.reserved += amount;
    return true;
  }

  /** Reserves for a job that exists, whether it fits or not. */
  commit(amount: number): void {
    this.reserved += amount;
  }

  /** Replaces a reservation by what was spent. */
  settle(reserved: number, spent: number): void {
    this.reserved -= reserved;
    this.spent += spent;
  }
}

const MICRO_USD = 1_000_000;
/** A sum of cents in binary, such as 4.35, may be this far below its micro-dollars. */
const ROUNDING = 1e-3;

/** Micro-dollars that are not more than the amount. */
export const toBudget = (usd: number): number => Math.floor(usd * MICRO_USD + ROUNDING);

/** The micro-dollars of a price, which is exact to them. */
export const toMicroUsd = (usd: number): number => Math.round(usd * MICRO_USD);

export const toUsd = (microUsd: number): number => microUsd / MICRO_USD;
