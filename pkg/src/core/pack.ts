// Plain values as bytes for the module, in the form of `Pack for Value` in src/codec/pack.rs, which it reads in one pass.
// By serde-wasm-bindgen, it would ask JavaScript several times about each value.

// The same as in src/codec/pack.rs.
const NULL = 0;
const FALSE = 1;
const TRUE = 2;
const NATURAL = 3;
const NEGATIVE = 4;
const FLOAT = 5;
const TEXT = 6;
const LIST = 7;
const OBJECT = 8;

const NUMBER_BYTES = 8;
/** No UTF-16 unit has more bytes in UTF-8. */
const MAX_UNIT_BYTES = 3;
const WORD = 2 ** 32;
/** For a longer text, the encoder is quicker than a loop. */
const SHORT = 64;
/** A buffer that a huge value needed is not kept. */
const KEPT_BYTES = 65_536;

const UTF8 = new TextEncoder();

let bytes: Uint8Array;
let view: DataView;
let end: number;
startWith(1_024);

/** The bytes of a value that is plain, as `Values` makes it: no code of a caller runs meanwhile. */
export function pack(value: unknown): Uint8Array {
  end = 0;
  write(value);
  const packed = bytes.slice(0, end);
  if (bytes.length > KEPT_BYTES) startWith(KEPT_BYTES);
  return packed;
}

function startWith(length: number): void {
  bytes = new Uint8Array(length);
  view = new DataView(bytes.buffer);
}

function write(value: unknown): void {
  switch (typeof value) {
    case "boolean":
      return writeByte(value ? TRUE : FALSE);
    case "number":
      return writeNumber(value);
    case "string":
      writeByte(TEXT);
      return writeText(value);
    default:
      if (!value) writeByte(NULL);
      else if (Array.isArray(value)) writeList(value);
      else writeObject(value as Record<string, unknown>);
  }
}

function writeList(items: unknown[]): void {
  writeByte(LIST);
  writeInteger(items.length);
  for (const item of items) write(item);
}

function writeObject(object: Record<string, unknown>): void {
  const names = Object.keys(object);
  writeByte(OBJECT);
  writeInteger(names.length);
  for (const name of names) {
    writeText(name);
    write(object[name]);
  }
}

function writeNumber(number: number): void {
  if (Number.isSafeInteger(number)) {
    writeByte(number < 0 ? NEGATIVE : NATURAL);
    return writeInteger(number);
  }
  writeByte(FLOAT);
  reserve(NUMBER_BYTES);
  view.setFloat64(end, number, true);
  end += NUMBER_BYTES;
}

/** In 64 bits; a negative one as its complement. */
function writeInteger(integer: number): void {
  reserve(NUMBER_BYTES);
  view.setUint32(end, integer, true);
  view.setUint32(end + NUMBER_BYTES / 2, Math.floor(integer / WORD), true);
  end += NUMBER_BYTES;
}

function writeText(text: string): void {
  reserve(NUMBER_BYTES + MAX_UNIT_BYTES * text.length);
  const start = end + NUMBER_BYTES;
  const isWritten = text.length <= SHORT && writeAscii(text, start);
  const length = isWritten ? text.length : UTF8.encodeInto(text, bytes.subarray(start)).written;
  view.setUint32(end, length, true);
  view.setUint32(end + NUMBER_BYTES / 2, 0, true);
  end = start + length;
}

/** False if the text has other characters. */
function writeAscii(text: string, start: number): boolean {
  for (let at = 0; at < text.length; at++) {
    const unit = text.charCodeAt(at);
    if (unit > 0x7f) return false;
    bytes[start + at] = unit;
  }
  return true;
}

function writeByte(byte: number): void {
  reserve(1);
  bytes[end++] = byte;
}

function reserve(length: number): void {
  if (end + length <= bytes.length) return;
  const before = bytes;
  startWith(2 * (end + length));
  bytes.set(before);
}
