// Whether a film's file ends where it says. MP4 and QuickTime are boxes in a row, each of which begins with its length:
// half a file that arrives as a whole message, because its host has no more of it yet, is told by that alone.

const LENGTH_AND_NAME = 8;
const WITH_LONG_LENGTH = 16;
const LONG_LENGTH_FOLLOWS = 1;
const FIRST_BOX = "ftyp";

export class Boxes {
  #seen = 0;
  /** Where the next box begins. Absent where that cannot be told: another format, or a box of length 0, up to the end. */
  #next: number | undefined = 0;
  #head: number[] = [];

  see(bytes: Uint8Array): void {
    const start = this.#seen;
    this.#seen += bytes.length;
    while (this.#next !== undefined && this.#next + this.#head.length < this.#seen) {
      this.#head.push(bytes[this.#next + this.#head.length - start] ?? 0);
      if (this.#head.length >= headLength(this.#head)) this.#pass(this.#next);
    }
  }

  /** The bytes so far are of such a file, and not all of it. */
  isBrokenOff(): boolean {
    return Boolean(this.#next) && this.#next !== this.#seen;
  }

  #pass(at: number): void {
    const length = boxLength(this.#head);
    const isKnown = at > 0 || String.fromCharCode(...this.#head.slice(4, 8)) === FIRST_BOX;
    this.#next = isKnown && length >= this.#head.length ? at + length : undefined;
    this.#head = [];
  }
}

const number = (bytes: number[]): number => bytes.reduce((sum, byte) => sum * 256 + byte, 0);

function headLength(head: number[]): number {
  const isLong = head.length >= 4 && number(head.slice(0, 4)) === LONG_LENGTH_FOLLOWS;
  return isLong ? WITH_LONG_LENGTH : LENGTH_AND_NAME;
}

function boxLength(head: number[]): number {
  const short = number(head.slice(0, 4));
  return short === LONG_LENGTH_FOLLOWS ? number(head.slice(8)) : short;
}
