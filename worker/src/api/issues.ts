// Why nobody can make what is asked for: every problem at once, in the client's words.
import type { Issue, Quote } from "filmgate";
import type { Env } from "../env.js";
import { checkingFilm } from "../client.js";
import { checkable } from "./urls.js";
import type { Ask } from "./create-request.js";
import { wordFor } from "./create-request.js";
import type { Variant } from "./defaults.js";
import { refused } from "./errors.js";
import type { Refused } from "./errors.js";

export const isError = ({ severity }: Issue): boolean => severity === "error";

/** Problems that a request has whoever takes it, and warnings. */
export const generalIssues = (env: Env, { request }: Variant): Issue[] =>
  checkingFilm(env).validate(checkable(env, request)).issues;

/** What stands against it at the listings that cannot take it: of the nearest one first. */
export function problemsOf(quotes: Quote[]): Issue[] {
  const errors = (issues: Issue[]) => issues.filter(isError);
  return quotes
    .flatMap((quote) => (quote.available ? [] : [errors(quote.issues)]))
    .sort((a, b) => a.length - b.length)
    .flat();
}

export function invalid(env: Env, ask: Ask, variant: Variant): Refused {
  const found = [...generalIssues(env, variant).filter(isError), ...problemsOf(variant.quotes)];
  const isNew = ({ path }: Issue) => !ask.issues.some((known) => known.path === path);
  // Every listing tells of what they all have.
  const once = new Map(found.filter(isNew).map((issue) => [JSON.stringify(issue), issue]));
  const issues = [...ask.issues, ...once.values()];
  const [first] = issues;
  if (!first) {
    const message = "None of the providers that were named sells this model.";
    return refused("invalid_request", message, { param: "filmgate.provider" });
  }
  const param = first.path === "" ? {} : { param: wordFor(ask, first.path) };
  return refused("invalid_request", inTheirWords(ask, first), { ...param, issues });
}

/** What would do, for those codes: OpenAI's clients show the message alone. */
const OPEN = new Set<Issue["code"]>(["invalid_value", "required", "unknown_model"]);

/** The core speaks of `duration` where OpenAI's clients said `seconds`. */
function inTheirWords(ask: Ask, { path, code, message, allowed = [] }: Issue): string {
  const [field = ""] = path.split(".");
  const text = field ? message.replaceAll(`\`${field}\``, `\`${wordFor(ask, field)}\``) : message;
  return OPEN.has(code) && allowed.length > 0 ? `${text} Allowed: ${allowed.join(", ")}.` : text;
}
