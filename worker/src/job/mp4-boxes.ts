// Detects truncated video files. MP4 and QuickTime are a sequence of boxes, each of which starts with its length. A host
// that has only half of a file may send that as a complete response; only the boxes reveal it.

const LENGTH_AND_NAME = 8;
const WITH_LONG_LENGTH = 16;
const LONG_LENGTH_FOLLOWS = 1;
const INITIAL_BOX = "ftyp";

export class Mp4BoxScanner {
  #scanned = 0;
  /** Where the next box starts. Absent if unknown: another format, or a box of length 0, which extends to the end. */
  #next: number | undefined = 0;
  #head: number[] = [];

  scan(bytes: Uint8Array): void {
    const start = this.#scanned;
    this.#scanned += bytes.length;
    while (this.#next !== undefined && this.#next + this.#head.length < this.#scanned) {
      this.#head.push(bytes[this.#next + this.#head.length - start] ?? 0);
      if (this.#head.length >= headLength(this.#head)) this.#skipBox(this.#next);
    }
  }

  /** Whether the bytes so far are such a file, but not all of it. */
  isTruncated(): boolean {
    return Boolean(this.#next) && this.#next !== this.#scanned;
  }

  #skipBox(at: number): void {
    const length = boxLength(this.#head);
    const isKnown = at > 0 || String.fromCharCode(...this.#head.slice(4, 8)) === INITIAL_BOX;
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
