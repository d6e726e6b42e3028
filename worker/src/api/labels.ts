// What a client notes on its own videos: kept, returned, and never sent to a provider.
import { apiError } from "../errors.js";
import type { JobLabels } from "../types.js";

/** OpenAI's limits of `metadata`. */
const MAX_PAIRS = 16;
const MAX_NAME_CHARS = 64;
const MAX_VALUE_CHARS = 512;
/** OpenRouter's limit of `session_id`, the longest of the ids. */
const MAX_USER_CHARS = 256;

/**
 * Reads `user` or `metadata`; `param` is the field that held it.
 * @throws {ApiError} if it is too long, or something else than texts.
 */
export function readLabel(labels: JobLabels, name: "user" | "metadata", value: unknown, param: string = name): void {
  if (name === "user") {
    if (typeof value !== "string" || value.length > MAX_USER_CHARS) {
      throw invalid(param, `\`user\` must be a text of at most ${MAX_USER_CHARS} characters.`);
    }
    labels.user = value;
    return;
  }
  const pairs = typeof value === "object" && value !== null && !Array.isArray(value) ? Object.entries(value) : undefined;
  const isShort = ([key, text]: [string, unknown]) =>
    key.length <= MAX_NAME_CHARS && typeof text === "string" && text.length <= MAX_VALUE_CHARS;
  if (!pairs || pairs.length > MAX_PAIRS || !pairs.every(isShort)) {
    const message =
      `\`${param}\` must be an object of at most ${MAX_PAIRS} texts: names of at most ${MAX_NAME_CHARS} characters, ` +
      `values of at most ${MAX_VALUE_CHARS}.`;
    throw invalid(param, message);
  }
  labels.metadata = Object.fromEntries(pairs) as Record<string, string>;
}

const invalid = (param: string, message: string) => apiError("invalid_request", message, { param });
