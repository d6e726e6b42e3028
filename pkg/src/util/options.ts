// Reads options as requests are read: what is unknown or has the wrong type is an error, before anything is sent.
import { FilmgateError } from "../error.js";
import { tagOf } from "./tag.js";
import type { Issue, IssueCode } from "../types/index.js";

/** What a value must be, whether it is, how one that can change is copied, and whether it must be given. */
export type Kind = readonly [
  expected: string,
  test: (value: any) => boolean,
  copy?: ((value: any) => unknown) | undefined,
  required?: boolean,
];

/** The options of an object: each has a kind, or options of its own. */
export interface Spec {
  readonly [name: string]: Kind | Spec;
}

const isFunction = (value: unknown) => typeof value === "function";
const hasMethods = (value: any, ...names: string[]) =>
  typeof value === "object" && names.every((name) => isFunction(value[name]));

export const ANY: Kind = ["any value", () => true];
export const TEXT: Kind = ["a string", (value) => typeof value === "string"];
export const FLAG: Kind = ["a boolean", (value) => typeof value === "boolean"];
export const FUNCTION: Kind = ["a function", isFunction];
export const DURATION: Kind = ["a number of milliseconds, 0 or more", (value) => typeof value === "number" && value >= 0];
export const NUMBER: Kind = ["a number", (value) => typeof value === "number"];
export const SECRET: Kind = ["a non-empty string", (value) => typeof value === "string" && value !== ""];
export const URL_TEXT: Kind = [
  "a URL",
  (value) => typeof value === "string" || typeof value.href === "string",
  String,
];
export const API_KEY: Kind = [
  "a string, or a function that returns one",
  (value) => typeof value === "string" || isFunction(value),
];
export const HEADERS: Kind = [
  "an object of strings",
  (value) =>
    typeof value === "object" && (hasMethods(value, "get") || Object.values(value).every((text) => typeof text === "string")),
];
export const SIGNAL: Kind = [
  "an `AbortSignal`",
  (value) => {
    if (typeof value.aborted !== "boolean" || !hasMethods(value, "throwIfAborted")) return false;
    // An object that only looks like one may throw.
    value.addEventListener("abort", isFunction);
    value.removeEventListener("abort", isFunction);
    return true;
  },
];
export const STORE: Kind = [
  "a store with the methods `get`, `list`, `put`, `delete` and `lease`",
  (value) => hasMethods(value, "get", "list", "put", "delete", "lease"),
];

/** The same kind, if it must be given. */
export const required = ([expected, test, copy]: Kind): Kind => [expected, test, copy, true];

/** Names that other libraries use, in lower case. */
const SYNONYMS: Record<string, string> = {
  abort: "signal",
  abortcontroller: "signal",
  abortsignal: "signal",
  baseurl: "baseURL",
  budget: "maxCostUsd",
  catalog: "models",
  catalogue: "models",
  concurrency: "maxConcurrency",
  cost: "maxCostUsd",
  endpoint: "baseURL",
  id: "idempotencyKey",
  key: "apiKey",
  maxbudget: "maxCostUsd",
  maxcost: "maxCostUsd",
  maxprice: "maxCostUsd",
  maxusd: "maxCostUsd",
  onprogress: "onUpdate",
  onqueueupdate: "onUpdate",
  persistence: "store",
  providers: "provider",
  requestid: "jobId",
  requesttimeout: "requestTimeoutMs",
  storage: "store",
  timeout: "timeoutMs",
  token: "apiKey",
  webhookurl: "webhook",
};

const MAX_ISSUES = 20;
const MAX_NAME_LENGTH = 60;
/** More edits than this make another word. */
const MAX_EDITS = 2;

/**
 * A copy of the options with each value read once. `elsewhere`: options of other calls, by the call.
 *
 * @throws FilmgateError `invalid_request` if there are problems
 */
export function readOptions<T>(given: unknown, spec: Spec, elsewhere: Record<string, Spec> = {}): T {
  const reader = new Reader(elsewhere);
  const copy = reader.read(given, spec, "");
  if (reader.issues.length === 0) return copy as T;
  throw invalidOptions(reader.issues);
}

/** @throws FilmgateError `invalid_request` unless the value is of that kind */
export function readArgument<T>(value: unknown, kind: Kind, name: string): T {
  return readOptions<{ [name: string]: T }>({ [name]: value ?? null }, { [name]: kind })[name]!;
}

/** The error of a problem with one option, or with one field of a request. */
export function invalidOption(path: string, code: IssueCode, message: string, cause?: unknown): FilmgateError {
  return invalidOptions([{ severity: "error", path, code, message }], cause);
}

function invalidOptions(issues: Issue[], cause?: unknown): FilmgateError {
  const message = `${issues[0]?.message} Nothing was sent.`;
  return new FilmgateError({ code: "invalid_request", message, issues, cause });
}

class Reader {
  readonly issues: Issue[] = [];
  readonly #elsewhere: Record<string, Spec>;

  constructor(elsewhere: Record<string, Spec>) {
    this.#elsewhere = elsewhere;
  }

  read(given: unknown, spec: Spec, prefix: string): Record<string, unknown> {
    const copy: Record<string, unknown> = {};
    const path = prefix.slice(0, -1);
    try {
      if (!isObject(given)) {
        this.#tell(path, "invalid_type", `${path ? `\`${path}\`` : "The options"} must be an object.`);
        return copy;
      }
      for (const name in given) {
        if (!Object.hasOwn(spec, name) && given[name] !== undefined) this.#tellUnknown(prefix, name, spec);
        if (this.issues.length >= MAX_ISSUES) return copy;
      }
    } catch {
      // A getter or proxy threw. Its error may hold anything.
      this.#tell(path, "invalid_type", "The options cannot be read.");
      return copy;
    }
    for (const [name, kind] of Object.entries(spec)) this.#readField(given, name, kind, prefix, copy);
    return copy;
  }

  #readField(given: Record<string, unknown>, name: string, kind: Kind | Spec, prefix: string, copy: object): void {
    let isValid = false;
    let value: unknown;
    try {
      value = given[name];
      if (value === undefined) {
        if (isKind(kind) && kind[3]) this.#tell(prefix + name, "required", `\`${prefix}${name}\` is required.`);
        return;
      }
      if (isKind(kind)) {
        isValid = kind[1](value);
        if (kind[2]) value = kind[2](value);
      } else {
        value = this.read(value, kind, `${prefix}${name}.`);
        isValid = true;
      }
    } catch {
      // Reading or testing it threw.
    }
    if (isValid) Object.assign(copy, { [name]: value });
    else this.#tell(prefix + name, "invalid_type", `\`${prefix}${name}\` must be ${isKind(kind) ? kind[0] : "an object"}.`);
  }

  #tellUnknown(prefix: string, name: string, spec: Spec): void {
    const path = (prefix + name).slice(0, MAX_NAME_LENGTH);
    const near = nearestName(name, spec);
    const home = Object.entries(this.#elsewhere).find(([, other]) => Object.hasOwn(other, name))?.[0];
    const advice = home ? ` Pass it to \`${home}\`.` : near ? ` Did you mean \`${prefix}${near}\`?` : "";
    this.#tell(path, "unrecognized_field", `There is no option \`${path}\`${home ? " here" : ""}.${advice}`);
  }

  #tell(path: string, code: IssueCode, message: string): void {
    this.issues.push({ severity: "error", path, code, message });
  }
}

const isKind = (kind: Kind | Spec): kind is Kind => Array.isArray(kind);

/** Not a list, a function, or an object of a platform, such as a signal in place of the options. */
function isObject(value: unknown): value is Record<string, unknown> {
  return tagOf(value) === "Object";
}

/** The option that was probably meant, at this level or one below. */
function nearestName(given: string, spec: Spec): string | undefined {
  const plain = given.slice(0, MAX_NAME_LENGTH).toLowerCase().replace(/[^a-z]/g, "");
  const meant = (Object.hasOwn(SYNONYMS, plain) ? SYNONYMS[plain]! : plain).toLowerCase();
  const names = Object.keys(spec);
  const same = names.find((name) => name.toLowerCase() === meant);
  if (same) return same;
  for (const [outer, inner] of Object.entries(spec)) {
    const name = !isKind(inner) && Object.keys(inner).find((name) => name.toLowerCase() === meant);
    if (name) return `${outer}.${name}`;
  }
  const near = names.map((name) => [editDistance(plain, name.toLowerCase()), name] as const);
  const [best] = near.sort(([a], [b]) => a - b);
  return best && best[0] <= Math.min(MAX_EDITS, plain.length / 3) ? best[1] : undefined;
}

/** The number of characters to insert, delete or replace. */
function editDistance(a: string, b: string): number {
  let row = Array.from({ length: b.length + 1 }, (_, at) => at);
  for (let i = 1; i <= a.length; i++) {
    const next = [i];
    for (let j = 1; j <= b.length; j++) {
      const replaced = row[j - 1]! + (a[i - 1] === b[j - 1] ? 0 : 1);
      next.push(Math.min(replaced, row[j]! + 1, next[j - 1]! + 1));
    }
    row = next;
  }
  return row[b.length]!;
}
