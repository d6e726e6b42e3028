/** As many as are worth learning from. */
const LATEST = 64;

/** What the latest jobs of each listing took, in milliseconds, by `provider:providerModelId`. */
export class RunTimes {
  readonly #all = new Map<string, number[]>();

  note(listing: string, ms: number): void {
    const latest = [...(this.#all.get(listing) ?? []), ms].slice(-LATEST);
    this.#all.set(listing, latest);
  }

  toJSON(): Record<string, number[]> {
    return Object.fromEntries(this.#all);
  }
}
