import { audit } from "../core/core.js";
import { FilmgateError } from "../error.js";
import type { Issue, IssueCode } from "../types/index.js";

/** Rows are a few levels deep; a circle has no end. */
const DEEPEST = 12;
/** The module reads so many values, texts counted by length, and none after them. */
const MOST_VALUES = 50_000;
const LETTERS_PER_VALUE = 64;
const LONGEST_PATH = 200;

/** The rows that a caller adds: copied at once, so that nothing changes them, and audited once. */
export class CallerRows {
  readonly #rows: unknown;
  #issues: Issue[] | undefined;

  constructor(rows: unknown) {
    try {
      // What is falsy would be no rows at all to the module.
      this.#rows = new Copy().of(rows, ["catalogue"]) || {};
    } catch (fault) {
      if (!(fault instanceof Fault)) throw fault;
      this.#issues = [fault.issue];
    }
  }

  /** The rows, where nothing is wrong with them. */
  sound(): unknown {
    this.#issues ??= audit({ catalogue: this.#rows });
    if (this.#issues.length === 0) return this.#rows;
    throw new FilmgateError({
      code: "invalid_request",
      message: "The rows of `catalogue` have problems, so nothing was sent: see `issues`.",
      issues: [...this.#issues],
    });
  }
}

/** What keeps rows from being copied. */
class Fault extends Error {
  readonly issue: Issue;

  constructor(path: string[], code: IssueCode, message: string) {
    super(message);
    // Names are the caller's, and may be of any length.
    const at = path.join(".").slice(0, LONGEST_PATH);
    this.issue = { severity: "error", path: at, code, message };
  }
}

/** A copy of plain data. What is none goes along, such as a function: the audit tells of it. */
class Copy {
  #left = MOST_VALUES;

  of(value: unknown, path: string[]): unknown {
    this.#left -= typeof value === "string" ? 1 + value.length / LETTERS_PER_VALUE : 1;
    if (this.#left < 0) {
      throw new Fault(["catalogue"], "too_long", "The rows hold more than anyone would sell.");
    }
    if (typeof value !== "object" || value === null || ArrayBuffer.isView(value)) return value;
    if (path.length > DEEPEST) throw new Fault(path, "wrong_type", "No row is as deep as this.");
    const { isList, entries } = look(value, path);
    const copied = entries.map(([name, inner]) => [name, this.of(inner, [...path, name])] as const);
    return isList ? copied.map(([, inner]) => inner) : Object.fromEntries(copied);
  }
}

function look(value: object, path: string[]): { isList: boolean; entries: [string, unknown][] } {
  try {
    return { isList: Array.isArray(value), entries: Object.entries(value) };
  } catch {
    // A getter or a proxy of the caller's threw; what it says may be anything.
    throw new Fault(path, "wrong_type", "This cannot be read.");
  }
}
