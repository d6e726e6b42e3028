// Bytes of unknown length, held once: network chunks are copied into blocks that grow, so that a body that arrives byte by
// byte takes no more memory than any other.

/** Multiples of three, so that each full block is a whole number of Base64 quads. */
const MIN_BLOCK_BYTES = 1_023;
const MAX_BLOCK_BYTES = 65_535;

export class ByteBlocks {
  #blocks: Uint8Array<ArrayBuffer>[] = [];
  /** Bytes that the last block still takes. */
  #room = 0;
  #size = 0;

  get size(): number {
    return this.#size;
  }

  append(bytes: Uint8Array): void {
    for (let at = 0; at < bytes.length; ) {
      if (this.#room === 0) this.#grow();
      const block = this.#blocks.at(-1)!;
      const piece = bytes.subarray(at, at + this.#room);
      block.set(piece, block.length - this.#room);
      this.#room -= piece.length;
      this.#size += piece.length;
      at += piece.length;
    }
  }

  #grow(): void {
    const bytes = Math.min(Math.max(MIN_BLOCK_BYTES, this.#size - (this.#size % 3)), MAX_BLOCK_BYTES);
    this.#blocks.push(new Uint8Array(bytes));
    this.#room = bytes;
  }

  /** The bytes in order, without a copy. */
  *pieces(): Generator<Uint8Array<ArrayBuffer>> {
    const last = this.#blocks.length - 1;
    for (const [at, block] of this.#blocks.entries()) {
      yield at === last ? block.subarray(0, block.length - this.#room) : block;
    }
  }

  /** A copy of `length` bytes from `start`; fewer at the end. */
  slice(start: number, length: number): Uint8Array<ArrayBuffer> {
    const copy = new Uint8Array(Math.max(0, Math.min(length, this.#size - start)));
    let offset = 0;
    for (const piece of this.pieces()) {
      const from = Math.max(0, start - offset);
      const to = Math.min(piece.length, start + copy.length - offset);
      if (to > from) copy.set(piece.subarray(from, to), offset + from - start);
      offset += piece.length;
      if (offset >= start + copy.length) break;
    }
    return copy;
  }

  /** @throws {TypeError} if the bytes are not valid UTF-8 and `fatal` is set. */
  text({ fatal }: { fatal: boolean }): string {
    const decoder = new TextDecoder("utf-8", { fatal, ignoreBOM: false });
    let text = "";
    for (const piece of this.pieces()) text += decoder.decode(piece, { stream: true });
    return text + decoder.decode();
  }

  base64(): string {
    let text = "";
    for (const piece of this.pieces()) text += piece.toBase64();
    return text;
  }

  /** All bytes in one array; the blocks are freed as they are copied. */
  join(): Uint8Array<ArrayBuffer> {
    const whole = new Uint8Array(this.#size);
    let at = 0;
    for (const piece of this.pieces()) {
      whole.set(piece, at);
      at += piece.length;
      piece.buffer.transfer(0);
    }
    this.free();
    return whole;
  }

  /** Returns the memory at once: garbage collection may take longer than the isolate's limit allows. */
  free(): void {
    for (const { buffer } of this.#blocks) if (!buffer.detached) buffer.transfer(0);
    this.#blocks = [];
    this.#room = 0;
    this.#size = 0;
  }
}
