// Texts of any length in an object's storage, where one value may have at most 2 MB.

/** Two bytes a character in the worst case: half of the maximum value. */
const MAX_CHUNK_CHARS = 500_000;

/** Reads and writes synchronously; what is written together becomes durable together. */
export class ChunkedKv {
  readonly #kv: SyncKvStorage;

  constructor(kv: SyncKvStorage) {
    this.#kv = kv;
  }

  get(name: string): string | undefined {
    const chunks = [...this.#kv.list<string>({ prefix: `${name}/` })].map(([, chunk]) => chunk);
    return chunks.length === 0 ? undefined : chunks.join("");
  }

  put(name: string, text: string): void {
    const count = Math.max(Math.ceil(text.length / MAX_CHUNK_CHARS), 1);
    for (let at = 0; at < count; at++) {
      const chunk = text.slice(at * MAX_CHUNK_CHARS, (at + 1) * MAX_CHUNK_CHARS);
      this.#kv.put(keyOf(name, at), chunk);
    }
    // Chunks of a longer text that was there before.
    for (let at = count; this.#kv.delete(keyOf(name, at)); at++);
  }

  delete(name: string): void {
    for (let at = 0; this.#kv.delete(keyOf(name, at)); at++);
  }
}

/** Keys are listed in order, so the numbers have a fixed length. */
const keyOf = (name: string, at: number): string => `${name}/${String(at).padStart(4, "0")}`;
