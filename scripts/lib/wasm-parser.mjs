// Parses the sections, functions, imports and exports of a WebAssembly file, and writes the last two.

const CUSTOM = 0;
const IMPORT = 2;
const CODE = 10;
const FUNCTION_NAMES = 1;
const [FUNCTION, GLOBAL] = [0, 3];

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
  const imports = importsOf(sections.find(({ id }) => id === IMPORT).bytes);
  return imports.filter(({ what: [kind] }) => kind === FUNCTION).length;
}

/** The imports of a section: `{ from, name, what }`, with the bytes of what it is. */
export function importsOf(section) {
  return entriesOf(section, (reader) => {
    const [from, name, at] = [reader.text(), reader.text(), reader.at];
    const kind = reader.byte();
    if (kind === FUNCTION) reader.number();
    else if (kind === GLOBAL) reader.skip(2);
    else throw new Error(`an import of kind ${kind}: only functions and globals are supported`);
    return { from, name, what: section.subarray(at, reader.at) };
  });
}

/** The exports of a section: `{ name, what }`. */
export function exportsOf(section) {
  return entriesOf(section, (reader) => {
    const [name, at] = [reader.text(), reader.at];
    reader.skip(1);
    reader.number();
    return { name, what: section.subarray(at, reader.at) };
  });
}

function entriesOf(section, read) {
  const reader = new Reader(section);
  return Array.from({ length: reader.number() }, () => read(reader));
}

/** The bytes of a module with these sections; `entries` replace those of the imports or exports, by the section's number. */
export function withSections(sections, entries) {
  const written = sections.map(({ id, bytes }) => {
    const content = entries[id] ? sectionWith(entries[id]) : bytes;
    return Buffer.concat([Buffer.of(id), number(content.length), content]);
  });
  return Buffer.concat([Buffer.of(0, 0x61, 0x73, 0x6d, 1, 0, 0, 0), ...written]);
}

function sectionWith(entries) {
  const texts = ({ from, name }) => [from, name].filter((text) => text !== undefined).map(lengthAndText);
  return Buffer.concat([number(entries.length), ...entries.flatMap((entry) => [...texts(entry), entry.what])]);
}

const lengthAndText = (text) => Buffer.concat([number(Buffer.byteLength(text)), Buffer.from(text)]);

/** In LEB128. */
function number(value) {
  const bytes = [];
  for (let left = value; ; left = Math.floor(left / 128)) {
    if (left < 128) return Buffer.from([...bytes, left]);
    bytes.push((left % 128) + 128);
  }
}

class Reader {
  #bytes;
  #at;

  constructor(bytes, at = 0) {
    [this.#bytes, this.#at] = [bytes, at];
  }

  get at() {
    return this.#at;
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
