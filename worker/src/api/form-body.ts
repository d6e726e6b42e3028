// A multipart form while it streams in (RFC 7578): its parts are counted, and its files are held once.
import { ByteBlocks } from "./byte-blocks.js";
import type { Excess } from "./json-body.js";
import { HeldImage } from "./json-body.js";

/** Far more than any form has. */
const MAX_PARTS = 200;
/** The headers of one part. */
const MAX_HEADER_BYTES = 4_096;
/** All fields that are no files. */
const MAX_TEXT_BYTES = 1_000_000;

const CRLF = new Uint8Array([0x0d, 0x0a]);
const CRLF_CRLF = new Uint8Array([0x0d, 0x0a, 0x0d, 0x0a]);
const utf8 = new TextEncoder();

interface Part {
  name: string;
  isFile: boolean;
  content: ByteBlocks;
}

/** What follows the bytes that are held back. */
type Mode = "preamble" | "delimiter" | "headers" | "content" | "end" | "malformed";

export class FormBody {
  readonly #parts: Part[] = [];
  readonly #delimiter: Uint8Array;
  #mode: Mode = "preamble";
  #textBytes = 0;
  /** Begins with the bytes that are held back: they may belong to a delimiter that is not complete. */
  #buffer = new Uint8Array(0);
  #restLength = 0;

  constructor(boundary: string) {
    this.#delimiter = utf8.encode(`\r\n--${boundary}`);
    // The first delimiter has no line before it.
    this.#hold(CRLF);
  }

  push(bytes: Uint8Array): Excess | undefined {
    const all = this.#hold(bytes);
    let at = 0;
    for (;;) {
      const next = this.#take(all, at);
      if (this.#parts.length > MAX_PARTS) return TOO_MANY_PARTS;
      if (next === undefined) break;
      at = next;
    }
    const isOver = this.#mode === "end" || this.#mode === "malformed";
    const taken = isOver ? all.length : this.#taken(all, at);
    all.copyWithin(0, taken);
    this.#restLength = all.length - taken;
    if (this.#textBytes > MAX_TEXT_BYTES) return TOO_LARGE;
    return this.#restLength > MAX_HEADER_BYTES + this.#delimiter.length ? MALFORMED : undefined;
  }

  /** The bytes that are held back and these, in a buffer that is used for the whole form. */
  #hold(bytes: Uint8Array): Uint8Array {
    const length = this.#restLength + bytes.length;
    if (length > this.#buffer.length) {
      const larger = new Uint8Array(length + MAX_HEADER_BYTES);
      larger.set(this.#buffer.subarray(0, this.#restLength));
      this.#buffer = larger;
    }
    this.#buffer.set(bytes, this.#restLength);
    this.#restLength = length;
    return this.#buffer.subarray(0, length);
  }

  /** The fields in their order; files are `HeldImage`s. `undefined`: it is no complete form. */
  fields(): [name: string, value: string | HeldImage][] | undefined {
    if (this.#mode !== "end") return undefined;
    return this.#parts.map(({ name, isFile, content }) => [
      name,
      isFile ? new HeldImage(content) : content.text({ fatal: false }),
    ]);
  }

  free(): void {
    for (const { content } of this.#parts) content.free();
  }

  /** Takes what is complete from `at`; returns where the rest begins, or `undefined` if more bytes are needed. */
  #take(bytes: Uint8Array, at: number): number | undefined {
    switch (this.#mode) {
      case "preamble":
      case "content": {
        const end = indexOf(bytes, this.#delimiter, at);
        if (end < 0) return undefined;
        if (this.#mode === "content") this.#append(bytes.subarray(at, end));
        this.#mode = "delimiter";
        return end + this.#delimiter.length;
      }
      case "delimiter":
        return this.#takeDelimiterEnd(bytes, at);
      case "headers":
        return this.#takeHeaders(bytes, at);
      default:
        return undefined;
    }
  }

  /** After a boundary: `--` ends the form, a line end begins a part. */
  #takeDelimiterEnd(bytes: Uint8Array, at: number): number | undefined {
    let start = at;
    while (bytes[start] === 0x20 || bytes[start] === 0x09) start += 1;
    if (bytes.length < start + 2) return undefined;
    const [one, two] = [bytes[start], bytes[start + 1]];
    if (one === 0x2d && two === 0x2d) this.#mode = "end";
    else this.#mode = one === 0x0d && two === 0x0a ? "headers" : "malformed";
    // The line end may belong to the empty line after no headers.
    return this.#mode === "headers" ? start : bytes.length;
  }

  #takeHeaders(bytes: Uint8Array, at: number): number | undefined {
    const end = indexOf(bytes, CRLF_CRLF, at);
    if (end < 0) return undefined;
    const part = partOf(new TextDecoder().decode(bytes.subarray(at, end)));
    this.#mode = part ? "content" : "malformed";
    if (part) this.#parts.push(part);
    return end + CRLF_CRLF.length;
  }

  /** Takes the content of which no delimiter can be a part; returns where the rest begins. */
  #taken(bytes: Uint8Array, at: number): number {
    if (this.#mode !== "content" && this.#mode !== "preamble") return at;
    const end = Math.max(at, bytes.length - this.#delimiter.length + 1);
    if (this.#mode === "content") this.#append(bytes.subarray(at, end));
    return end;
  }

  #append(bytes: Uint8Array): void {
    const part = this.#parts.at(-1)!;
    part.content.append(bytes);
    if (!part.isFile) this.#textBytes += bytes.length;
  }
}

/** The boundary of a form's media type. */
export function boundaryOf(contentType: string): string | undefined {
  const [, quoted, plain] = /;\s*boundary=(?:"([^"]{1,70})"|([^\s";]{1,70}))(?=[\s;]|$)/i.exec(contentType) ?? [];
  return quoted ?? plain;
}

/** A part by its headers; `undefined` if it has no name. */
function partOf(headers: string): Part | undefined {
  const disposition = /^content-disposition:\s*form-data\s*(;.*)$/im.exec(headers)?.[1];
  if (disposition === undefined) return undefined;
  const name = /;\s*name=(?:"((?:[^"\\]|\\.)*)"|([^\s";]+))/i.exec(disposition);
  if (!name) return undefined;
  const isFile = /;\s*filename\*?=/i.test(disposition);
  return { name: name[1] ?? name[2] ?? "", isFile, content: new ByteBlocks() };
}

function indexOf(bytes: Uint8Array, wanted: Uint8Array, start: number): number {
  const first = wanted[0]!;
  for (let at = bytes.indexOf(first, start); at >= 0; at = bytes.indexOf(first, at + 1)) {
    if (at + wanted.length > bytes.length) return -1;
    let same = 1;
    while (same < wanted.length && bytes[at + same] === wanted[same]) same += 1;
    if (same === wanted.length) return at;
  }
  return -1;
}

const TOO_MANY_PARTS: Excess = {
  code: "invalid_request_body",
  message: `A form may have at most ${MAX_PARTS} fields.`,
};
const TOO_LARGE: Excess = {
  code: "payload_too_large",
  message: `The form has more than ${MAX_TEXT_BYTES.toLocaleString("en")} bytes beside its files.`,
};
const MALFORMED: Excess = {
  code: "invalid_request_body",
  message: "The body is not the form that its `content-type` declares.",
};
