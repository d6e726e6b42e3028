// Texts of any length in an object's storage, where one value may have at most 2 MB.

/** Two bytes a character in the worst case: half of the maximum value. */
const MAX_CHUNK_CHARS = 500_000;
/** Longer texts are not kept in memory. */
const MAX_CACHED_CHARS = 16_000;

/**
 * Reads and writes synchronously; what is written together becomes durable together. Nothing else writes to these names, so
 * a text that was read or written once is not read again.
 */
export class ChunkedKv {
  readonly #kv: SyncKvStorage;
  readonly #texts = new Map<string, string>();
  /** The number of chunks of each text that is known. */
  readonly #counts = new Map<string, number>();

  constructor(kv: SyncKvStorage) {
    this.#kv = kv;
  }

  get(name: string): string | undefined {
    const known = this.#texts.get(name);
    if (known !== undefined || this.#counts.get(name) === 0) return known;
    const chunks = [...this.#kv.list<string>({ prefix: `${name}/` })].map(([, chunk]) => chunk);
    const text = chunks.join("");
    this.#remember(name, text, chunks.length);
    return chunks.length === 0 ? undefined : text;
  }

  put(name: string, text: string): void {
    const before = this.#countOf(name);
    const count = Math.max(Math.ceil(text.length / MAX_CHUNK_CHARS), 1);
    for (let at = 0; at < count; at++) {
      const chunk = text.slice(at * MAX_CHUNK_CHARS, (at + 1) * MAX_CHUNK_CHARS);
      this.#kv.put(keyOf(name, at), chunk);
    }
    this.#deleteChunks(name, count, before);
    this.#remember(name, text, count);
  }

  delete(name: string): void {
    this.#deleteChunks(name, 0, this.#countOf(name));
    this.#remember(name, "", 0);
  }

  /** All of the storage was deleted. */
  forget(): void {
    this.#texts.clear();
    this.#counts.clear();
  }

  #countOf(name: string): number {
    if (!this.#counts.has(name)) this.get(name);
    return this.#counts.get(name) ?? 0;
  }

  /** The chunks of a longer text that was there before. */
  #deleteChunks(name: string, from: number, to: number): void {
    for (let at = from; at < to; at++) this.#kv.delete(keyOf(name, at));
  }

  #remember(name: string, text: string, count: number): void {
    this.#counts.set(name, count);
    if (count > 0 && text.length <= MAX_CACHED_CHARS) this.#texts.set(name, text);
    else this.#texts.delete(name);
  }
}

/** Keys are listed in order, so the numbers have a fixed length. */
const keyOf = (name: string, at: number): string => `${name}/${String(at).padStart(4, "0")}`;
