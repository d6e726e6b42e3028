// What an error says about a provider.
import { FilmgateError } from "filmgate/gateway-server";

/** No response, or one of a server that fails. HTTP 401 and 429 are responses. */
const UNREACHABLE: ReadonlySet<string> = new Set(["connection_error", "invalid_response", "timeout"]);

/** Whether a question to a provider was not answered. */
export const isUnreachable = (error: unknown): boolean =>
  error instanceof FilmgateError && UNREACHABLE.has(error.code);
