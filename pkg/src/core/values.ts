// Makes plain values for the module and decodes its results. What JSON cannot hold is found and marked here, before the
// call, and long strings stay outside.
import { MAX_INLINE_LEN, OutsideText } from "../util/outside-text.js";
import { MAX_DEPTH, MAX_VALUES } from "../util/snapshot.js";
import { tagOf } from "../util/tag.js";

// The same as in src/json/text.rs.
const REF_KEY = "\0outside";
const UNREADABLE = "\0unreadable";

/** A job's record holds encoded values a few levels further down. */
const MAX_RECORD_DEPTH = MAX_DEPTH + 16;
const MAX_RECORD_VALUES = 4 * MAX_VALUES;
/** Strings and names count by their length. */
const CHARS_PER_VALUE = 64;
const MAX_NAME_LEN = 1_024;
const SURROGATE = /\p{Surrogate}/u;
const SURROGATES = /\p{Surrogate}/gu;

const LATIN = new TextDecoder("latin1");

const CODES = ["too_deep", "not_data", "not_finite", "invalid_unicode"] as const;

/** Marks a value that JSON cannot hold. The code names the problem. */
type Unreadable = { [UNREADABLE]: (typeof CODES)[number] };

/** The limits of a value. */
type Budget = { left: number; maxDepth: number; allowMarks?: boolean; dropsNames?: boolean; isShared?: boolean };

const unreadable = (code: Unreadable[typeof UNREADABLE]): Unreadable => ({ [UNREADABLE]: code });

/**
 * The values of one call, or of the calls for one job. Long strings, such as a Base64 video, stay in JavaScript: the
 * module receives references, which are replaced by the strings in its result.
 */
export class Values {
  readonly #longStrings: (string | OutsideText)[];
  #sawProto: boolean;
  #hasRestored = false;

  /** Continues from the values of the call before: a job's state refers to their long strings. */
  constructor(before?: Values) {
    this.#longStrings = before ? [...before.#longStrings] : [];
    this.#sawProto = before ? before.#sawProto : false;
  }

  /** Whether a result held a reference, so that it depends on more than the encoded values. */
  get hasRestored(): boolean {
    return this.#hasRestored;
  }

  /** Forgets the long strings if these bytes of a state, which may be kept for hours, refer to none. */
  keepFor(packed: Uint8Array): void {
    if (this.#longStrings.length > 0 && !LATIN.decode(packed).includes(REF_KEY)) this.#longStrings.length = 0;
  }

  /** Encodes an untrusted value. Reads each getter once. Never throws. */
  encode(value: unknown): unknown {
    return this.#copy(value, { left: MAX_VALUES, maxDepth: MAX_DEPTH }, 0);
  }

  /**
   * Encodes a provider's response. A field with a name that nothing reads is left out, and the rest is read. Of one that
   * holds too many values, each part gets a share, so that the status of a paid job is read beside a huge output.
   */
  encodeResponse(value: unknown): unknown {
    const budget: Budget = { left: MAX_VALUES, maxDepth: MAX_DEPTH, dropsNames: true };
    const before = this.#longStrings.length;
    const whole = { ...budget };
    const copy = this.#copy(value, whole, 0);
    if (whole.left > 0) return copy;
    this.#longStrings.length = before;
    return this.#copy(value, { ...budget, isShared: true }, 0);
  }

  /** Encodes a record or catalog, which may be larger than an untrusted value, and has marks of its own. */
  encodeRecord(value: unknown): unknown {
    return this.#copy(value, { left: MAX_RECORD_VALUES, maxDepth: MAX_RECORD_DEPTH, allowMarks: true }, 0);
  }

  /** Puts the long strings back into a result of the module, in place. */
  decode(value: unknown): unknown {
    if (this.#longStrings.length === 0 && !this.#sawProto) return value;
    if (typeof value !== "object" || value === null) return value;
    const index = (value as { [REF_KEY]?: unknown })[REF_KEY];
    if (typeof index === "number") return this.#restored(index) ?? value;
    if (!Array.isArray(value)) restoreProto(value);
    for (const [name, field] of Object.entries(value)) {
      if (typeof field === "object" && field !== null) setField(value, name, this.decode(field));
    }
    return value;
  }

  #restored(index: number): unknown {
    const text = this.#longStrings[index];
    this.#hasRestored = true;
    return text instanceof OutsideText ? text.whole() : text;
  }

  /** A plain copy of at most `budget.left` values. The limit also ends cycles and sparse arrays. */
  #copy(value: unknown, budget: Budget, depth: number): unknown {
    if (depth > budget.maxDepth || !spend(budget, 1)) return unreadable("too_deep");
    switch (typeof value) {
      case "undefined":
        return null;
      case "boolean":
        return value;
      case "number":
        return Number.isFinite(value) ? value : unreadable("not_finite");
      case "string":
        return this.#copyString(value, budget);
      case "object":
        break;
      default:
        return unreadable("not_data");
    }
    if (value === null) return null;
    let length: number | undefined;
    let names: string[] = [];
    try {
      if (value instanceof OutsideText) return this.#outside(value, value, budget);
      if (Array.isArray(value)) length = Number(value.length);
      else if (tagOf(value) === "Object") names = Object.keys(value);
      else return unreadable("not_data");
    } catch {
      // Proxies may throw.
      return unreadable("not_data");
    }
    if ((length ?? names.length) > budget.left) return unreadable("not_data");
    if (length !== undefined) {
      const count = length;
      return Array.from({ length }, (_, index) => this.#copyPart(readField(value, index), budget, depth, count - index));
    }
    const mark = budget.allowMarks && names.length === 1 && names[0] === UNREADABLE && markOf(value);
    if (mark) return mark;
    const copy = {};
    if (budget.isShared) names = shortFirst(value, names);
    for (const [index, name] of names.entries()) {
      const isFit = name.length <= MAX_NAME_LEN && name !== REF_KEY && name !== UNREADABLE;
      if (!isFit || !spend(budget, Math.floor(name.length / CHARS_PER_VALUE))) {
        if (budget.dropsNames) continue;
        return unreadable("not_data");
      }
      const field = readField(value, name);
      // An undefined field is absent. Null is kept, because a body may need it.
      if (field === undefined) continue;
      this.#sawProto ||= name === "__proto__";
      // The rest of an object is read even if one of its names is not valid.
      if (!SURROGATE.test(name)) setField(copy, name, this.#copyPart(field, budget, depth, names.length - index));
      else setField(copy, name.replace(SURROGATES, "\ufffd"), unreadable("invalid_unicode"));
    }
    return copy;
  }

  /** Copies a field or an item. If the values are shared, it and the `parts` minus one that follow get as many each. */
  #copyPart(value: unknown, budget: Budget, depth: number, parts: number): unknown {
    if (!budget.isShared || isShort(value)) return this.#copy(value, budget, depth + 1);
    const share = Math.floor(budget.left / parts);
    const part = { ...budget, left: share };
    const copy = this.#copy(value, part, depth + 1);
    budget.left -= share - part.left;
    return copy;
  }

  #copyString(value: string, budget: Budget): unknown {
    const { length } = value;
    if (length > MAX_INLINE_LEN) return this.#outside(value, { head: value.slice(0, MAX_INLINE_LEN), length }, budget);
    if (!spend(budget, Math.floor(length / CHARS_PER_VALUE))) return unreadable("too_deep");
    // A lone surrogate is not valid JSON.
    return SURROGATE.test(value) ? unreadable("invalid_unicode") : value;
  }

  /** The reference to a text that stays in JavaScript. */
  #outside(text: string | OutsideText, { head, length }: { head: string; length: number }, budget: Budget): unknown {
    if (!spend(budget, Math.floor(head.length / CHARS_PER_VALUE))) return unreadable("too_deep");
    const index = this.#longStrings.push(text) - 1;
    return { [REF_KEY]: index, head, length };
  }
}

/** Whether the value costs one value, as a status does. */
function isShort(value: unknown): boolean {
  return typeof value === "string" ? value.length < CHARS_PER_VALUE : typeof value !== "object" || value === null;
}

/** The names of the object, those of short values first. */
function shortFirst(object: object, names: string[]): string[] {
  const isOfShort = (name: string) => isShort(readField(object, name));
  return [...names.filter(isOfShort), ...names.filter((name) => !isOfShort(name))];
}

/** A field or item. Getters and proxies may throw. */
function readField(object: object, name: string | number): unknown {
  try {
    return (object as Record<string | number, unknown>)[name];
  } catch {
    return unreadable("not_data");
  }
}

/** The same mark, if the object is one. */
function markOf(object: object): Unreadable | undefined {
  const field = readField(object, UNREADABLE);
  const code = CODES.find((one) => one === field);
  return code && unreadable(code);
}

function spend(budget: { left: number }, values: number): boolean {
  budget.left -= values;
  if (budget.left >= 0) return true;
  budget.left = 0;
  return false;
}

/** Sets an own field of any name. */
function setField(object: object, name: string, value: unknown): void {
  if (name !== "__proto__") (object as Record<string, unknown>)[name] = value;
  else Object.defineProperty(object, name, { value, enumerable: true, configurable: true, writable: true });
}

/** serde-wasm-bindgen assigns `__proto__`, which sets the prototype. Turns it back into an own field. */
function restoreProto(object: object): void {
  const proto: unknown = Object.getPrototypeOf(object);
  if (proto === Object.prototype || proto === null) return;
  Object.setPrototypeOf(object, Object.prototype);
  setField(object, "__proto__", proto);
}
