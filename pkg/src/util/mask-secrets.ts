// Removes API keys from what a provider sends back, in every spelling that has been seen or is easy to make.
const MASK = "[key]";
/** A pattern that no text has. */
const NOTHING = "(?!)";
/** What may stand between the characters of a secret that is wrapped or spread, also as JSON escapes it. */
const GAP = "(?:[\\s\\u200b-\\u200f\\ufeff:,-]|\\\\{1,4}(?:[nrt]|u200b)){0,2}";
/** The longest spelling of one character, with what stands around it. */
const MAX_STEP = 32;
/** A shorter secret would hide ordinary words. */
const MIN_LENGTH = 8;
/** Of a secret of twice this length, so many characters are secret, too: a piece, or its start or end. */
const PIECE_LENGTH = 8;
/** Characters of Base64 that stand for about as many of a secret. */
const BASE64_LENGTH = 9;
/** The data of a video. It holds no key, and takes long to search. */
const LONG_DATA = /[A-Za-z0-9+/]{8192}/g;
const MORE_DATA = /[A-Za-z0-9+/]{1,8192}/y;
const BEARER = /\b(bearer)((?:\s|%20|\+|\\u0020)+)[\w.~+/=%-]{8,}/gi;
const TOKEN_CHARACTER = /[\w+/=-]/;

/** A character as `spelling` writes it, and what it allows between two: as one escape, or as backslashes and a letter. */
const ESCAPED = /\\{1,8}(?:u00|x)([0-9a-f]{2})|%(?:25){0,4}([0-9a-f]{2})|&#(?:x0{0,6}([0-9a-f]{2})|0{0,6}([0-9]{2,3}));/gi;
const GAPS = [/[\s\u200b-\u200f\ufeff:,-]|\\+(?:[nrt]|u200b)?/g, /[\s\u200b-\u200f\ufeff:,\\-]/g] as const;
/** A secret with these cannot be told from its spellings. */
const AMBIGUOUS = /[%&\\]/;

/** Masks the secrets that were added. Other parts of a text stay as they are. */
export class SecretMask {
  readonly #secrets = new Set<string>();
  /** All spellings: slow, and slow to compile. */
  #pattern: RegExp | undefined;
  /** What a text with a secret holds: one of these without gaps and escapes, or Base64. */
  readonly #hints: string[] = [];
  #base64: RegExp | undefined;

  /** Remembers a secret. One that is too short is ignored. */
  add(secret: unknown): void {
    if (typeof secret !== "string") return;
    const plain = secret.trim();
    if (plain.length < MIN_LENGTH || this.#secrets.has(plain)) return;
    this.#secrets.add(plain);
    this.#hints.push(...(AMBIGUOUS.test(plain) ? [""] : hintsOf(plain)));
    this.#base64 = new RegExp([...this.#secrets].flatMap(allBase64Pieces).join("|") || NOTHING, "i");
    this.#pattern = undefined;
  }

  /** The text without the secrets: verbatim, in other cases, escaped, percent-encoded, in Base64, or cut. */
  text(text: string): string {
    if (typeof text !== "string" || this.#secrets.size === 0) return text;
    let masked = "";
    let end = 0;
    LONG_DATA.lastIndex = 0;
    for (let data = LONG_DATA.exec(text); data; data = LONG_DATA.exec(text)) {
      MORE_DATA.lastIndex = LONG_DATA.lastIndex;
      let to = MORE_DATA.lastIndex;
      while (MORE_DATA.test(text)) to = MORE_DATA.lastIndex;
      masked += this.#mask(text.slice(end, data.index)) + text.slice(data.index, to);
      LONG_DATA.lastIndex = end = to;
    }
    return masked + this.#mask(text.slice(end));
  }

  /** What was thrown; if it shows a secret, an error with the masked message in its place. */
  thrown(thrown: unknown): unknown {
    if (this.#secrets.size === 0) return thrown;
    if (typeof thrown === "string") return this.text(thrown);
    if (typeof thrown !== "object" || thrown === null || !this.#shows(thrown, new Set())) return thrown;
    return this.#copyOf(thrown, 0);
  }

  #mask(text: string): string {
    const masked = this.#mayHold(text) ? this.#maskAll(text) : text;
    return masked.replace(BEARER, (_, word: string, space: string) => word + space + MASK);
  }

  /** Whether a secret may be in the text: a quick look, as most hold none. */
  #mayHold(text: string): boolean {
    if (this.#base64!.test(text)) return true;
    const plain = text.replace(ESCAPED, (_, ...[json, url, hex, decimal]: (string | undefined)[]) =>
      String.fromCharCode(decimal === undefined ? parseInt(json ?? url ?? hex!, 16) : Number(decimal)));
    return GAPS.some((gap) => {
      const letters = plain.replace(gap, "").toLowerCase();
      return this.#hints.some((hint) => letters.includes(hint));
    });
  }

  #maskAll(text: string): string {
    const pattern = (this.#pattern ??= new RegExp(
      [...this.#secrets].flatMap((one) => [...plainPieces(one), ...allBase64Pieces(one)]).join("|"), "gi",
    ));
    let masked = "";
    let end = 0;
    pattern.lastIndex = 0;
    for (let found = pattern.exec(text); found; found = pattern.exec(text)) {
      const [from, to] = this.#whole(text, found.index, found.index + found[0].length, end);
      masked += text.slice(end, from) + MASK;
      end = to;
      pattern.lastIndex = Math.max(to, found.index + 1);
    }
    return masked + text.slice(end);
  }

  /** The piece with the rest of the secret beside it. */
  #whole(text: string, from: number, to: number, min: number): [number, number] {
    const piece = text.slice(from, to);
    if (!this.#isPlain(piece)) {
      // Base64: all of it.
      while (from > min && TOKEN_CHARACTER.test(text[from - 1]!)) from -= 1;
      while (to < text.length && TOKEN_CHARACTER.test(text[to]!)) to += 1;
      return [from, to];
    }
    let [longest, first] = [to, from];
    for (const secret of this.#secrets) {
      for (const [start, end] of pieces(secret)) {
        const own = new RegExp(spelling(secret.slice(start, end)), "iy");
        own.lastIndex = from;
        if (!own.test(text)) continue;
        let at = own.lastIndex;
        for (const character of secret.slice(end)) {
          const next = new RegExp(GAP + spelling(character), "iy");
          next.lastIndex = at;
          if (!next.test(text)) break;
          at = next.lastIndex;
        }
        longest = Math.max(longest, at);
        at = from;
        for (const character of [...secret.slice(0, start)].reverse()) {
          const before = new RegExp(`(?:${spelling(character)})${GAP}$`, "i").exec(text.slice(Math.max(at - MAX_STEP, min), at));
          if (!before) break;
          at -= before[0].length;
        }
        first = Math.min(first, at);
      }
    }
    return [first, longest];
  }

  #isPlain(piece: string): boolean {
    return [...this.#secrets].some((secret) => new RegExp(`^(?:${plainPieces(secret).join("|")})$`, "i").test(piece));
  }

  /** Whether a secret can be seen in the value, as `console.log` shows it. */
  #shows(value: unknown, seen: Set<unknown>): boolean {
    if (typeof value === "string") return this.text(value) !== value;
    if (typeof value !== "object" || value === null || seen.has(value)) return false;
    seen.add(value);
    if (seen.size > MAX_SEEN) return true;
    try {
      if (typeof (value as Headers).entries === "function") {
        for (const entry of (value as Headers).entries()) if (this.#shows(entry, seen)) return true;
      }
      const names = new Set<string | symbol>([...Reflect.ownKeys(value), "message", "stack", "headers"]);
      return [...names].some((name) => this.#shows((value as Record<string | symbol, unknown>)[name], seen));
    } catch {
      return true;
    }
  }

  /** An error with the strings of the given one: its name, message, code and cause. */
  #copyOf(thrown: object, depth: number): Error {
    const read = (name: string): unknown => {
      try {
        return (thrown as Record<string, unknown>)[name];
      } catch {
        return undefined;
      }
    };
    const cause = read("cause");
    const isObject = typeof cause === "object" && cause !== null && depth < MAX_CAUSES;
    const copy = new Error(this.text(String(read("message") ?? "")), isObject ? { cause: this.#copyOf(cause, depth + 1) } : {});
    for (const name of ["name", "code", "syscall", "stack"]) {
      const value = read(name);
      if (typeof value === "string") Object.defineProperty(copy, name, { value: this.text(value), configurable: true });
    }
    return copy;
  }
}

/** An error that holds more values is copied without a look. */
const MAX_SEEN = 500;
const MAX_CAUSES = 5;

/** The pieces of a secret, from its start on, and its end: an echo may be cut. */
function pieces({ length }: string): [start: number, end: number][] {
  if (length < 2 * PIECE_LENGTH) return [[0, length]];
  const starts = Array.from({ length: Math.floor(length / PIECE_LENGTH) }, (_, at) => at * PIECE_LENGTH);
  return [...starts, length - PIECE_LENGTH].map((start) => [start, start + PIECE_LENGTH]);
}

/** Each piece as letters without gaps, and in hexadecimal, in lower case. */
const hintsOf = (secret: string): string[] =>
  pieces(secret).flatMap(([start, end]) => {
    const piece = secret.slice(start, end);
    return [piece.replace(GAPS[1], "").toLowerCase(), [...piece].map(hexOf).join("")];
  });

const hexOf = (character: string): string => character.charCodeAt(0).toString(16).padStart(2, "0");

const plainPieces = (secret: string): string[] => pieces(secret).map(([start, end]) => spelling(secret.slice(start, end)));

/**
 * A pattern of the text with each character as it is, percent-encoded, in hexadecimal, or escaped in JSON, a few times.
 * Each repetition has a maximum, so that no text takes long.
 */
function spelling(text: string): string {
  return [...text].map((character) => {
    const hex = hexOf(character);
    const plain = `\\\\{0,8}${character.replace(/[^\w]/, "\\$&")}`;
    return `(?:\\\\{1,8}(?:u00|x)${hex}|%(?:25){0,4}${hex}|${hex}|&#(?:x0{0,6}${hex}|0{0,6}${character.charCodeAt(0)});|${plain})`;
  }).join(GAP);
}

/** The text in Base64; empty if it has other letters. */
function base64Of(text: string): string {
  try {
    return btoa(text);
  } catch {
    return "";
  }
}

const allBase64Pieces = (secret: string): string[] => [...base64Pieces(secret), ...base64Pieces(base64Of(secret))];

/** The start and the end of the secret within a Base64 text, for each of its three positions there. */
function base64Pieces(secret: string): string[] {
  return [0, 1, 2].flatMap((shift) => {
    const whole = base64Of("\0".repeat(shift) + secret);
    const inner = whole.slice(shift && shift + 1).replace(/.?=+$/, "");
    const pieces = inner.length < BASE64_LENGTH ? [] : [inner.slice(0, BASE64_LENGTH), inner.slice(-BASE64_LENGTH)];
    return pieces.map((piece) => piece.replace(/[+/]/g, (one) => (one === "+" ? "(?:[+-]|%2b)" : "\\\\{0,8}(?:[/_]|%2f)")));
  });
}
