import { addCatalog } from "../core/core.js";
import type { CallerCatalog } from "../core/protocol.js";
import { FilmgateError } from "../error.js";
import type { Issue, IssueCode } from "../types/index.js";
import { notify } from "../util/notify.js";

/** Definitions are a few levels deep. A cycle has no end. */
const MAX_DEPTH = 14;
/** The module reads no more values. A string counts by its length. */
const MAX_VALUES = 150_000;
const CHARACTERS_PER_VALUE = 64;
const MAX_PATH_LENGTH = 200;

let lastNumber = 0;

/**
 * The caller's catalog: custom models, or a catalog document. It is copied at once, so that later changes have no effect,
 * and read once.
 */
export class CustomModels {
  readonly #catalog: CallerCatalog | undefined;
  readonly #onIssue: (issue: Issue) => void;
  #errors: Issue[] | undefined;

  /** Whether a value is one, without a look at it: it may be a proxy. */
  static is(value: unknown): value is CustomModels {
    return typeof value === "object" && value !== null && #catalog in value;
  }

  /** `onIssue` receives a warning for each entry of a document that is left out. */
  constructor(models: unknown, onIssue: (issue: Issue) => void) {
    this.#onIssue = onIssue;
    try {
      this.#catalog = { number: (lastNumber += 1), models: new DeepCopy().of(models, ["models"]) };
    } catch (error) {
      if (!(error instanceof CopyError)) throw error;
      this.#errors = [error.issue];
    }
  }

  /** Returns the catalog. Throws `invalid_request` if it is refused. */
  validated(): CallerCatalog | undefined {
    this.#errors ??= this.#read();
    if (this.#errors.length === 0) return this.#catalog;
    throw new FilmgateError({
      code: "invalid_request",
      message: "The custom models (`models`) are invalid: see `issues`. Nothing was sent.",
      issues: [...this.#errors],
    });
  }

  #read(): Issue[] {
    const issues = this.#catalog ? addCatalog(this.#catalog) : [];
    const errors = issues.filter(({ severity }) => severity === "error");
    if (errors.length === 0) issues.forEach((issue) => notify(this.#onIssue, issue));
    return errors;
  }
}

/** A value that cannot be copied. */
class CopyError extends Error {
  readonly issue: Issue;

  constructor(path: string[], code: IssueCode, message: string) {
    super(message);
    // The caller's names can be of any length.
    const issuePath = path.join(".").slice(0, MAX_PATH_LENGTH);
    this.issue = { severity: "error", path: issuePath, code, message };
  }
}

/** Copies plain data. Other values, such as functions, are kept, and reported by the validation. */
class DeepCopy {
  #remaining = MAX_VALUES;

  of(value: unknown, path: string[]): unknown {
    this.#remaining -= typeof value === "string" ? 1 + value.length / CHARACTERS_PER_VALUE : 1;
    if (this.#remaining < 0) {
      throw new CopyError(["models"], "too_long", "`models` is too large (max 150,000 values).");
    }
    if (typeof value !== "object" || value === null || ArrayBuffer.isView(value)) return value;
    if (path.length > MAX_DEPTH) {
      throw new CopyError(path, "invalid_type", "This value is nested too deeply, or a cycle.");
    }
    const { isArray, entries } = entriesOf(value, path);
    const copied = entries.map(([name, inner]) => [name, this.of(inner, [...path, name])] as const);
    return isArray ? copied.map(([, inner]) => inner) : Object.fromEntries(copied);
  }
}

function entriesOf(value: object, path: string[]): { isArray: boolean; entries: [string, unknown][] } {
  try {
    return { isArray: Array.isArray(value), entries: Object.entries(value) };
  } catch {
    // A getter or proxy of the caller threw. Its error may hold anything.
    throw new CopyError(path, "invalid_type", "This value cannot be read.");
  }
}
