/** Longer texts, in UTF-16 units, never enter the module's memory. The same as in src/json/text.rs. */
export const MAX_INLINE_LEN = 65_536;

/** A text of which the module sees the beginning and the length. Results have `whole()` in its place. */
export class OutsideText {
  constructor(
    /** Its first `MAX_INLINE_LEN` units, or all of it. */
    readonly head: string,
    readonly length: number,
    readonly whole: () => unknown,
  ) {}

  /** For a gateway, which validates in place of the module. */
  toJSON(): string {
    return this.head;
  }
}
