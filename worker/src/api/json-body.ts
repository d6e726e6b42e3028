// A JSON body while it streams in: its values are counted, because parsing thousands of them would take the isolate's
// memory, and its images are decoded at once, because a data URI would be in memory three times once it is parsed.
import { ByteBlocks } from "./byte-blocks.js";

/** Far more than any request has. The core has the same depth limit. */
export const MAX_VALUES = 2_000;
const MAX_DEPTH = 48;
/** All but its images. */
const MAX_TEXT_BYTES = 1_000_000;
/** The longest `data:…;base64` that is taken for an image. */
const MAX_HEAD_CHARS = 128;

/** Why a body is refused. */
export interface Excess {
  code: "payload_too_large" | "invalid_request_body";
  message: string;
}

/** The bytes of an image that a body contains: a file of a form, or a data URI in Base64. */
export class HeldImage {
  readonly blocks: ByteBlocks;
  /** What stood before the Base64; absent for a file. */
  readonly #head: string | undefined;

  constructor(blocks: ByteBlocks, head?: string) {
    this.blocks = blocks;
    this.#head = head;
  }

  /** What the client sent in a field that takes no image: the data URI as a text. A file has no such form. */
  asText(): string | object {
    return this.#head === undefined ? {} : `${this.#head},${this.blocks.base64()}`;
  }
}

const [QUOTE, BACKSLASH, COMMA, COLON] = [0x22, 0x5c, 0x2c, 0x3a];
const [OPEN_LIST, CLOSE_LIST, OPEN_OBJECT, CLOSE_OBJECT] = [0x5b, 0x5d, 0x7b, 0x7d];
const DATA = "data:";
const ascii = new TextDecoder();
const utf8 = new TextEncoder();

let scratch = new Uint8Array(0);

/** Outside of strings, in a string, in the beginning of a string that may be an image, and in an image. */
type Mode = "token" | "string" | "head" | "image";

export class JsonBody {
  /** The images of the body, in its order. */
  readonly images: HeldImage[] = [];
  /** The body with a placeholder for each image. */
  readonly #text = new ByteBlocks();
  /** No client can guess it. */
  readonly #placeholder = `image:${crypto.randomUUID()}:`;
  #mode: Mode = "token";
  #values = 1;
  readonly #maxValues: number;
  /** Whether each open container is an object. */
  #open: boolean[] = [];
  /** A name comes next: an image is a value. */
  #expectsName = false;
  #isEscaped = false;
  /** The beginning of the string as it came, and of an image the characters that are not decoded yet. */
  #head = "";
  #pending = "";
  /** An escape sequence in an image, without its backslash. */
  #escape: string | undefined;
  #image = new ByteBlocks();

  constructor(maxValues = MAX_VALUES) {
    this.#maxValues = maxValues;
  }

  /** How many it has, so far. */
  get values(): number {
    return this.#values;
  }

  /** Takes the next bytes; returns what the body has too much of by now: values, levels or text. */
  push(bytes: Uint8Array): Excess | undefined {
    for (let at = 0; at < bytes.length; ) {
      const end = this.#take(bytes, at);
      if (typeof end !== "number") return end;
      at = end;
      if (this.#text.size > MAX_TEXT_BYTES) return TOO_LARGE;
    }
    return undefined;
  }

  /** The body's value; its images are `HeldImage`s. @throws {SyntaxError | TypeError} if it is not JSON in UTF-8. */
  value(): unknown {
    if (this.#mode !== "token") throw new SyntaxError("The body ends within a string.");
    const text = this.#text.text({ fatal: true });
    this.#text.free();
    if (this.images.length === 0) return JSON.parse(text);
    return JSON.parse(text, (_, value: unknown) => {
      if (typeof value !== "string" || !value.startsWith(this.#placeholder)) return value;
      return this.images[Number(value.slice(this.#placeholder.length))];
    });
  }

  free(): void {
    this.#text.free();
    this.#image.free();
    for (const { blocks } of this.images) blocks.free();
  }

  /** Takes bytes from `start` in the present mode; returns where the next begin. */
  #take(bytes: Uint8Array, start: number): number | Excess {
    switch (this.#mode) {
      case "token":
        return this.#takeTokens(bytes, start);
      case "string":
        return this.#takeString(bytes, start);
      case "head":
        return this.#takeHead(bytes, start);
      case "image":
        return this.#takeImage(bytes, start);
    }
  }

  #takeTokens(bytes: Uint8Array, start: number): number | Excess {
    let at = start;
    while (at < bytes.length && this.#mode === "token") {
      this.#takeToken(bytes[at]!);
      at += 1;
      if (this.#values > this.#maxValues) return tooManyValues(this.#maxValues);
      if (this.#open.length > MAX_DEPTH) return TOO_DEEP;
    }
    this.#text.append(bytes.subarray(start, at));
    return at;
  }

  #takeToken(byte: number): void {
    switch (byte) {
      case QUOTE:
        this.#mode = this.#expectsName ? "string" : "head";
        this.#head = "";
        break;
      case OPEN_LIST:
      case OPEN_OBJECT:
        this.#values += 1;
        this.#open.push(byte === OPEN_OBJECT);
        this.#expectsName = byte === OPEN_OBJECT;
        break;
      case CLOSE_LIST:
      case CLOSE_OBJECT:
        this.#open.pop();
        this.#expectsName = false;
        break;
      case COMMA:
        this.#values += 1;
        this.#expectsName = this.#open.at(-1) ?? false;
        break;
      case COLON:
        this.#expectsName = false;
        break;
    }
  }

  #takeString(bytes: Uint8Array, start: number): number {
    let at = start;
    while (at < bytes.length && this.#mode === "string") {
      const byte = bytes[at]!;
      at += 1;
      if (this.#isEscaped) this.#isEscaped = false;
      else if (byte === BACKSLASH) this.#isEscaped = true;
      else if (byte === QUOTE) this.#mode = "token";
    }
    this.#text.append(bytes.subarray(start, at));
    return at;
  }

  /** Reads on as long as the string may be an image. */
  #takeHead(bytes: Uint8Array, start: number): number {
    for (let at = start; at < bytes.length; at += 1) {
      const char = String.fromCharCode(bytes[at]!);
      if (char === ",") {
        // PHP writes `\/`.
        const head = this.#head.replaceAll("\\/", "/");
        if (!/^data:[^\\]*;base64$/i.test(head)) return this.#takeAsText(at);
        this.#head = head;
        this.#mode = "image";
        return at + 1;
      }
      if (char === '"' || !mayBeImage(this.#head + char)) return this.#takeAsText(at);
      this.#head += char;
    }
    return bytes.length;
  }

  /** The string's beginning is text: the byte at `at` is looked at again. */
  #takeAsText(at: number): number {
    this.#text.append(Uint8Array.from(this.#head, (char) => char.charCodeAt(0)));
    this.#isEscaped = /(?<!\\)(?:\\\\)*\\$/.test(this.#head);
    this.#mode = "string";
    return at;
  }

  #takeImage(bytes: Uint8Array, start: number): number {
    if (this.#escape !== undefined) return this.#takeEscape(bytes, start);
    const end = firstOf(bytes, start, QUOTE, BACKSLASH);
    const isLast = bytes[end] === QUOTE;
    const run = ascii.decode(bytes.subarray(start, end));
    // A space would shift what follows, and a part of another character would be lost.
    if (/[^!-~]/.test(run)) return this.#takeImageAsText(start);
    const text = this.#pending + run;
    // The last quad may be padded.
    const length = isLast ? text.length : Math.max(0, Math.floor((text.length - 1) / 4) * 4);
    const decoded = decode(text.slice(0, length), isLast);
    if (!decoded) return this.#takeImageAsText(start);
    this.#image.append(decoded);
    this.#pending = text.slice(length);
    if (isLast) this.#endImage();
    else if (end < bytes.length) this.#escape = "";
    return Math.min(end + 1, bytes.length);
  }

  /** Writers escape `/` and `+`, and wrap lines. */
  #takeEscape(bytes: Uint8Array, start: number): number {
    for (let at = start; at < bytes.length; at += 1) {
      this.#escape += String.fromCharCode(bytes[at]!);
      const escape = this.#escape!;
      if (escape.startsWith("u") && escape.length < 5) continue;
      this.#escape = undefined;
      if (escape === "n" || escape === "r") return at + 1;
      const char = escape === "/" ? "/" : /^u00[0-9a-f]{2}$/i.test(escape) ? hexChar(escape) : "";
      if (/^[A-Za-z0-9+/=]$/.test(char)) {
        this.#pending += char;
        return at + 1;
      }
      this.#pending += `\\${escape}`;
      return this.#takeImageAsText(at + 1);
    }
    return bytes.length;
  }

  #endImage(): void {
    const place = `${this.#placeholder}${this.images.length}"`;
    this.images.push(new HeldImage(this.#image, this.#head));
    this.#image = new ByteBlocks();
    this.#text.append(utf8.encode(place));
    this.#mode = "token";
  }

  /** It is no Base64, so it is text: restored, because it may be a prompt. */
  #takeImageAsText(at: number): number {
    this.#text.append(utf8.encode(`${this.#head},`));
    if (this.#text.size + this.#image.size <= MAX_TEXT_BYTES) {
      this.#text.append(utf8.encode(this.#image.base64()));
    } else {
      // Longer than any text may be: what follows is never parsed.
      this.#text.append(new Uint8Array(MAX_TEXT_BYTES + 1));
    }
    this.#text.append(utf8.encode(this.#pending));
    this.#image.free();
    this.#image = new ByteBlocks();
    this.#pending = "";
    this.#mode = "string";
    return at;
  }
}

/** Whether a string that begins like this may be an image. */
function mayBeImage(head: string): boolean {
  return head.length <= MAX_HEAD_CHARS && head.slice(0, DATA.length).toLowerCase() === DATA.slice(0, head.length);
}

/** The bytes of whole quads, until the next call; `undefined` if the text is not Base64. */
function decode(text: string, isLast: boolean): Uint8Array | undefined {
  try {
    // Padding ends an image.
    if (!isLast && text.includes("=")) return undefined;
    // A new array for each chunk would be garbage of the image's size.
    if (scratch.length < text.length) scratch = new Uint8Array(text.length);
    const { written } = scratch.setFromBase64(text, { lastChunkHandling: isLast ? "loose" : "strict" });
    return scratch.subarray(0, written);
  } catch {
    return undefined;
  }
}

function firstOf(bytes: Uint8Array, start: number, one: number, other: number): number {
  const found = [bytes.indexOf(one, start), bytes.indexOf(other, start)].filter((at) => at >= 0);
  return Math.min(bytes.length, ...found);
}

const hexChar = (escape: string): string => String.fromCharCode(Number.parseInt(escape.slice(1), 16));

const counted = (value: number): string => value.toLocaleString("en");

export const tooManyValues = (max: number): Excess => ({
  code: "invalid_request_body",
  message: `A request may have at most ${counted(max)} values.`,
});
const TOO_DEEP: Excess = {
  code: "invalid_request_body",
  message: `A request may have at most ${MAX_DEPTH} levels.`,
};
const TOO_LARGE: Excess = {
  code: "payload_too_large",
  message: `The body has more than ${counted(MAX_TEXT_BYTES)} bytes beside its images.`,
};
