// Errors of the client, whose class is another copy than ours, and of the server itself.
import { FilmgateError } from "../error.js";
import type { ErrorCode, Issue, Json } from "../types/index.js";

/** Whether it is an error of the client, of whichever copy of its class. */
export const isFilmgateError = (error: unknown): error is FilmgateError =>
  (error as { name?: unknown } | null)?.name === "FilmgateError";

/** A call that is refused before anything is sent. */
export const refusal = (code: ErrorCode, message: string, issues: Issue[] = []): FilmgateError =>
  new FilmgateError({ code, message: `${message} Nothing was sent.`, issues });

/** An error as JSON: that of the client without its cause; any other without its details. */
export function errorView(error: unknown): Record<string, Json> {
  if (isFilmgateError(error)) return error.toJSON();
  return { code: "internal_error", message: "The server failed. A job that exists continues: list it with `jobs`.", charge: "unknown" };
}
