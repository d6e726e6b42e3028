// Parses the sections and functions of a WebAssembly file.

const CUSTOM = 0;
const IMPORT = 2;
const CODE = 10;
const FUNCTION_NAMES = 1;

/** The sections: `{ id, bytes }`, as the format numbers them. */
export function sectionsOf(module) {
  const reader = new Reader(module, 8);
  const sections = [];
  while (!reader.done()) sections.push({ id: reader.byte(), bytes: reader.piece() });
  return sections;
}

/** The functions with code: `{ name, bytes }`; names have no hashes and are empty if missing. */
export function functionsOf(module) {
  const sections = sectionsOf(module);
  const names = namesOf(sections);
  const first = importedFunctions(sections);
  const code = new Reader(sections.find(({ id }) => id === CODE).bytes);
  return Array.from({ length: code.number() }, (_, at) => {
    const name = (names.get(first + at) ?? "").replace(/\[[0-9a-f]{16}\]|::h[0-9a-f]{16}/g, "");
    return { name, bytes: code.piece() };
  });
}

function namesOf(sections) {
  const names = new Map();
  for (const { id, bytes } of sections) {
    const section = new Reader(bytes);
    if (id !== CUSTOM || section.text() !== "name") continue;
    while (!section.done()) {
      const kind = section.byte();
      const part = new Reader(section.piece());
      if (kind !== FUNCTION_NAMES) continue;
      for (let left = part.number(); left > 0; left--) names.set(part.number(), part.text());
    }
  }
  return names;
}

/** Imported functions come first in the order of functions. */
function importedFunctions(sections) {
  const reader = new Reader(sections.find(({ id }) => id === IMPORT).bytes);
  let functions = 0;
  for (let left = reader.number(); left > 0; left--) {
    reader.text();
    reader.text();
    const kind = reader.byte();
    if (kind === 0) functions += 1;
    if (kind === 0) reader.number();
    else if (kind === 3) reader.skip(2);
    else throw new Error(`an import of kind ${kind}: only functions and globals are supported`);
  }
  return functions;
}

class Reader {
  #bytes;
  #at;

  constructor(bytes, at = 0) {
    [this.#bytes, this.#at] = [bytes, at];
  }

  done() {
    return this.#at >= this.#bytes.length;
  }

  byte() {
    return this.#bytes[this.#at++];
  }

  skip(count) {
    this.#at += count;
  }

  /** An unsigned number in LEB128. */
  number() {
    for (let number = 0, factor = 1; ; factor *= 128) {
      const byte = this.byte();
      number += (byte & 127) * factor;
      if (byte < 128) return number;
    }
  }

  /** Bytes after their length. */
  piece() {
    const length = this.number();
    this.#at += length;
    return this.#bytes.subarray(this.#at - length, this.#at);
  }

  text() {
    return this.piece().toString("utf8");
  }
}
