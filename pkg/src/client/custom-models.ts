import { validateModels } from "../core/core.js";
import { FilmgateError } from "../error.js";
import type { Issue, IssueCode } from "../types/index.js";

/** Definitions are a few levels deep. A cycle has no end. */
const MAX_DEPTH = 12;
/** The module reads no more values. A string counts by its length. */
const MAX_VALUES = 50_000;
const CHARACTERS_PER_VALUE = 64;
const MAX_PATH_LENGTH = 200;

/** The custom models of a client: copied at once, so that later changes have no effect, and validated once. */
export class CustomModels {
  readonly #models: unknown;
  #issues: Issue[] | undefined;

  constructor(models: unknown) {
    try {
      // The module takes a falsy value for no models at all.
      this.#models = new DeepCopy().of(models, ["models"]) || {};
    } catch (error) {
      if (!(error instanceof CopyError)) throw error;
      this.#issues = [error.issue];
    }
  }

  /** Returns the models. Throws `invalid_request` if they have problems. */
  validated(): unknown {
    this.#issues ??= validateModels({ models: this.#models });
    if (this.#issues.length === 0) return this.#models;
    throw new FilmgateError({
      code: "invalid_request",
      message: "The custom models (`models`) are invalid: see `issues`. Nothing was sent.",
      issues: [...this.#issues],
    });
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
      throw new CopyError(["models"], "too_long", "`models` is too large (max 50,000 values).");
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
