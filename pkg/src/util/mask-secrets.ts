// Removes API keys from what a provider sends back, in every spelling that has been seen or is easy to make.
const MASK = "[key]";
/** A shorter secret would hide ordinary words. */
const MIN_LENGTH = 8;
/** The same of a piece without its signs. */
const MIN_LETTERS = 4;
/** Of a secret of twice this length, so many characters are secret, too: a piece, or its start or end. */
const PIECE_LENGTH = 8;
/** Characters of Base64 that stand for about as many of a secret. */
const BASE64_LENGTH = 9;
const BASE64 = /[\w+/=-]/;
const BEARER = /\b(bearer(?:\s|%20|\+|\\u0020)+)[\w.~+/=%-]{8,}/gi;

/** A character that is escaped in JSON, a URL or HTML, a few times. Each repetition has a maximum, so that no text takes long. */
const ESCAPED = /(?:\\{1,8}(?:u00|x)|%(?:25){0,4}|&#x0{0,6})([0-9a-f]{2});?|&#0{0,6}(\d{2,3});/gi;
/** What may stand between the characters of a secret that is wrapped or spread. */
const SEPARATORS = /\\{1,8}u[2f]\w{3}|[\s\u200b-\u200f\ufeff:,\\-]/gi;
/** A backslash and a letter may be the end of a line. */
const GAPS = [/\\+(?:[nrt]|u[2f]\w{3})?|[\s\u200b-\u200f\ufeff:,-]/gi, SEPARATORS] as const;
/** What a video as Base64 has: also escaped slashes and line breaks. */
const OF_VIDEO = /[\w+/=\\-]/;
/** A longer text of these alone is a video. The same as in src/client/mask.rs. */
const MIN_VIDEO_LENGTH = 8_192;
/** So much of a text is looked at in one go, and so much of it again in the next one. */
const CHUNK = 100_000;
const OVERLAP = 4_000;

/** Masks the secrets that were added. Other parts of a text stay as they are. */
export class SecretMask {
  readonly #secrets = new Set<string>();
  readonly #forms: Form[] = [];

  /** Remembers a secret. One that is too short is ignored. */
  add(secret: unknown): void {
    if (typeof secret !== "string") return;
    const plain = secret.trim();
    if (plain.length < MIN_LENGTH || this.#secrets.has(plain)) return;
    this.#secrets.add(plain);
    const hex = plain.replace(/[^]/g, (character) => character.charCodeAt(0).toString(16));
    this.#forms.push(formOf(plain, PIECE_LENGTH), formOf(hex, 2 * PIECE_LENGTH));
    for (const form of [plain, base64Of(plain)].flatMap(base64Forms)) this.#forms.push(formOf(form, BASE64_LENGTH, true));
  }

  /** The text without the secrets: verbatim, in other cases, escaped, percent-encoded, in Base64, or cut. */
  text(text: string): string {
    if (typeof text !== "string" || this.#secrets.size === 0) return text;
    const found: [from: number, to: number][] = [];
    for (let at = 0; at < text.length; at += CHUNK) {
      const chunk = text.slice(at, at + CHUNK + OVERLAP);
      for (const gap of chunk.includes("\\") ? GAPS : [SEPARATORS]) {
        // Most texts hold no secret: without the places of its letters, that is seen at once.
        if (this.#places(lettersOf(chunk, gap)).length === 0) continue;
        const [letters, places] = placedLettersOf(chunk, gap);
        for (const [from, to, isBase64] of this.#places(letters)) {
          let [start, end] = [at + places[from]![0], at + places[to - 1]![1]];
          // The last character of Base64 has bits of what follows.
          while (isBase64 && BASE64.test(text.charAt(end))) end += 1;
          // Half of an escape would make the text unreadable.
          while (text[start - 1] === "\\") start -= 1;
          found.push([start, end]);
        }
      }
    }
    for (const { index, 0: whole, 1: start = "" } of text.matchAll(BEARER)) {
      found.push([index + start.length, index + whole.length]);
    }
    let masked = "";
    let end = 0;
    let run: [from: number, to: number] = [0, 0];
    for (const [from, to] of found.sort((a, b) => a[0] - b[0])) {
      if (from >= run[1]) run = runAround(text, from);
      // Eight letters turn up in a video by chance, a whole secret does not.
      const isInVideo = to <= run[1] && run[1] - run[0] > MIN_VIDEO_LENGTH;
      if (isInVideo && !this.#isWhole(text.slice(from, to))) continue;
      if (from >= end) masked += text.slice(end, from) + MASK;
      end = Math.max(end, to);
    }
    return masked + text.slice(end);
  }

  #isWhole(text: string): boolean {
    for (const secret of this.#secrets) if (text.includes(secret)) return true;
    return false;
  }

  /** What was thrown; if it shows a secret, an error with the masked message in its place. */
  thrown(thrown: unknown): unknown {
    if (this.#secrets.size === 0) return thrown;
    if (typeof thrown === "string") return this.text(thrown);
    return this.#shows(thrown, new Set()) ? this.#copyOf(thrown as object, 0) : thrown;
  }

  /** Where a piece of a secret stands among the letters, with the rest of the secret on both sides. */
  #places(letters: string): [from: number, to: number, isBase64: boolean][] {
    return this.#forms.flatMap(([form, pieces, isBase64]) =>
      pieces.flatMap(([start, end]) => {
        const found: [number, number, boolean][] = [];
        const piece = form.slice(start, end);
        for (let at = letters.indexOf(piece); at >= 0; at = letters.indexOf(piece, at + 1)) {
          let [left, right] = [0, end - start];
          while (left < start && letters[at - left - 1] === form[start - left - 1]) left += 1;
          while (start + right < form.length && letters[at + right] === form[start + right]) right += 1;
          found.push([at - left, at + right, isBase64]);
        }
        return found;
      }),
    );
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

/** Where the characters of a video begin and end around a place; nothing if it has none. */
function runAround(text: string, place: number): [from: number, to: number] {
  let [from, to] = [place, place];
  while (from > 0 && OF_VIDEO.test(text.charAt(from - 1))) from -= 1;
  while (to < text.length && OF_VIDEO.test(text.charAt(to))) to += 1;
  return [from, to];
}

/** An error that holds more values is copied without a look. */
const MAX_SEEN = 500;
const MAX_CAUSES = 5;

/** A spelling of a secret as letters, and its pieces: an echo may be cut. */
type Form = [letters: string, pieces: [start: number, end: number][], isBase64: boolean];

/** The pieces follow each other, and the last one is at the end. Of one of signs alone, nothing is left. */
function formOf(spelled: string, most: number, isBase64 = false): Form {
  const lettersTo = (end: number) => lettersOf(spelled.slice(0, end), SEPARATORS);
  const length = spelled.length < 2 * most ? spelled.length : most;
  const pieces: Form[1] = [];
  for (let end = length; ; end = Math.min(end + length, spelled.length)) {
    const [from, to] = [lettersTo(end - length).length, lettersTo(end).length];
    if (to - from >= MIN_LETTERS) pieces.push([from, to]);
    if (end === spelled.length) return [lettersTo(end), pieces, isBase64];
  }
}

/** The letters of a text without escapes and gaps, in lower case. */
const lettersOf = (text: string, gap: RegExp): string =>
  text
    .replace(ESCAPED, (_, hex, decimal) => String.fromCharCode(decimal ?? parseInt(hex, 16)))
    .replace(gap, "").toLowerCase();

/** The same, and where each of them starts and ends in the text. */
function placedLettersOf(text: string, gap: RegExp): [letters: string, places: [number, number][]] {
  const places: [number, number][] = [];
  let letters = "";
  for (const { 0: found, index } of text.matchAll(new RegExp(`${ESCAPED.source}|${gap.source}|[^]`, "gi"))) {
    const letter = lettersOf(found, gap)[0];
    if (letter === undefined) continue;
    letters += letter;
    places.push([index, index + found.length]);
  }
  return [letters, places];
}

/** The text in Base64; empty if it has other letters. */
function base64Of(text: string): string {
  try {
    return btoa(text);
  } catch {
    return "";
  }
}

/** What is the secret's alone in a Base64 text, for each of its three positions there. */
const base64Forms = (secret: string): string[] =>
  [0, 1, 2].map((shift) => base64Of("\0".repeat(shift) + secret).slice(shift && shift + 1).replace(/.?=+$/, ""));
