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
