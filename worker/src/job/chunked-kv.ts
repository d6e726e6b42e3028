// Texts of any length in an object's storage, where one value holds 2 MB at most.

/** Two bytes a character at the worst: half of what a value holds. */
const MOST_CHARACTERS = 500_000;

/** Reads and writes at once; what is written together is durable together. */
export class Texts {
  readonly #kv: SyncKvStorage;

  constructor(kv: SyncKvStorage) {
    this.#kv = kv;
  }

  get(name: string): string | undefined {
    const parts = [...this.#kv.list<string>({ prefix: `${name}/` })].map(([, part]) => part);
    return parts.length === 0 ? undefined : parts.join("");
  }

  put(name: string, text: string): void {
    const count = Math.max(Math.ceil(text.length / MOST_CHARACTERS), 1);
    for (let at = 0; at < count; at++) {
      const part = text.slice(at * MOST_CHARACTERS, (at + 1) * MOST_CHARACTERS);
      this.#kv.put(placeOf(name, at), part);
    }
    // Of a longer text that was there before.
    for (let at = count; this.#kv.delete(placeOf(name, at)); at++);
  }

  delete(name: string): void {
    for (let at = 0; this.#kv.delete(placeOf(name, at)); at++);
  }
}

/** Names are listed in their order, so that their numbers have one length. */
const placeOf = (name: string, at: number): string => `${name}/${String(at).padStart(4, "0")}`;
