// Counts the values of a JSON body while it streams in: parsing thousands of them would take the isolate's memory.

/** Far more than any request has. The core has the same depth limit. */
const MAX_VALUES = 2_000;
const MAX_DEPTH = 48;
/** All but its images: strings that are data URIs. */
const MAX_TEXT_BYTES = 1_000_000;

/** Why a body is refused. */
export interface Excess {
  code: "payload_too_large" | "invalid_request_body";
  message: string;
}

const [QUOTE, BACKSLASH, COMMA] = [0x22, 0x5c, 0x2c];
const [OPEN_LIST, CLOSE_LIST, OPEN_OBJECT, CLOSE_OBJECT] = [0x5b, 0x5d, 0x7b, 0x7d];
const DATA = new TextEncoder().encode("data:");

export class BodyScanner {
  #values = 1;
  #depth = 0;
  #textBytes = 0;
  #inString = false;
  #isEscaped = false;
  /** Bytes of the current string, and whether it may still be a data URI. */
  #length = 0;
  #isData = false;

  /** What the body has too much of by now: values, levels or text. */
  scan(bytes: Uint8Array): Excess | undefined {
    for (let at = 0; at < bytes.length; at += 1) {
      const byte = bytes[at]!;
      if (this.#inString) {
        at = this.#scanString(bytes, at);
      } else if (byte === QUOTE) {
        [this.#inString, this.#length, this.#isData] = [true, 0, true];
      } else {
        this.#scanToken(byte);
        if (this.#values > MAX_VALUES) return TOO_MANY_VALUES;
        if (this.#depth > MAX_DEPTH) return TOO_DEEP;
      }
    }
    return this.#textBytes > MAX_TEXT_BYTES ? TOO_LARGE : undefined;
  }

  #scanToken(byte: number): void {
    this.#textBytes += 1;
    if (byte === OPEN_LIST || byte === OPEN_OBJECT) {
      this.#values += 1;
      this.#depth += 1;
    } else if (byte === CLOSE_LIST || byte === CLOSE_OBJECT) {
      this.#depth -= 1;
    } else if (byte === COMMA) {
      this.#values += 1;
    }
  }

  /** Scans to the end of the string, or of the bytes; returns the last position that was read. */
  #scanString(bytes: Uint8Array, start: number): number {
    for (let at = start; at < bytes.length; at += 1) {
      const byte = bytes[at]!;
      if (this.#isEscaped) this.#isEscaped = false;
      else if (byte === BACKSLASH) this.#isEscaped = true;
      else if (byte === QUOTE) {
        this.#inString = false;
        return at;
      }
      if (this.#length < DATA.length && byte !== DATA[this.#length]) this.#isData = false;
      this.#length += 1;
      if (!this.#isData) this.#textBytes += 1;
    }
    return bytes.length;
  }
}

const counted = (value: number): string => value.toLocaleString("en");

const TOO_MANY_VALUES: Excess = {
  code: "invalid_request_body",
  message: `A request may have at most ${counted(MAX_VALUES)} values.`,
};
const TOO_DEEP: Excess = {
  code: "invalid_request_body",
  message: `A request may have at most ${MAX_DEPTH} levels.`,
};
const TOO_LARGE: Excess = {
  code: "payload_too_large",
  message: `The body has more than ${counted(MAX_TEXT_BYTES)} bytes beside its images.`,
};
