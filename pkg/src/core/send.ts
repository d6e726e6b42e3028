// The module's transport, protected from traps.
import { FilmgateError } from "../error.js";
import * as glue from "../glue.js";
import { call, ensureReady, isReady } from "./instance.js";
import type { ResponseInput } from "./protocol.js";
import { readText } from "../util/read-text.js";
import { retryAfterOf } from "../util/retry-after.js";

/** Traps of one request, after which it fails. */
const MAX_TRAPS = 3;

/** In place of a text that is too long. It is not JSON, so that it says nothing about a job. */
const TOO_LONG = "(The response is too long.)";

/** A request to send. */
export interface WireRequest {
  readonly url: string;
  readonly headers: Headers;
  /** The body of a POST, as JSON. A GET has none. */
  readonly body: unknown;
  /** The longest response that is read, in bytes after decompression. */
  readonly maxBytes: number;
}

/** The response to it. */
export type WireResponse = Pick<ResponseInput, "status" | "retryAfter" | "text">;

/**
 * Sends a request with the given `fetch`, which is called once, and reads its response.
 *
 * The promises of `fetch` and of the response's body are held here. If a trap destroys the instance that waits for
 * them, a new instance is called with the same promises: the request is sent once, and its response is not lost.
 */
export async function send(
  request: WireRequest,
  fetch: (request: Request) => Promise<Response>,
  signal: AbortSignal,
): Promise<WireResponse> {
  let response: Promise<Response> | undefined;
  let text: Promise<string> | undefined;
  const fetchOnce = (built: Request) => (response ??= hold(() => fetch(built)));
  const readOnce = (from: Response) =>
    (text ??= hold(async () => (await readText(from, request.maxBytes)) ?? TOO_LONG));
  const sendOnce = () =>
    call((instance) => {
      const token = {};
      const wrapped = <T>(promise: Promise<T>): Promise<T> => {
        instance.waiting(token);
        return instance.wrap(token, promise);
      };
      instance.queued(token);
      const fetchWrapped = (built: Request) =>
        wrapped(
          fetchOnce(built).then((from) => {
            const { status } = from;
            return { status, retryAfter: retryAfterOf(status, headersOf(from)), text: () => wrapped(readOnce(from)) };
          }),
        );
      const result = glue.send(request, fetchWrapped, signal) as Promise<WireResponse>;
      const settled = () => instance.waiting(token);
      result.then(settled, settled);
      return instance.untilDeath(result);
    });
  for (let traps = 0; ; ) {
    while (!isReady()) await ensureReady();
    try {
      const received = await sendOnce();
      if (received) return received;
    } catch (error) {
      // A rejection of `fetch` is the result. A trap is not, once the request was sent.
      const isTrap = error instanceof FilmgateError && error.code === "internal_error";
      if (!isTrap || !response || ++traps >= MAX_TRAPS) throw error;
    }
  }
}

/** Headers that cannot be read are none: the response itself must not be lost. */
function headersOf(response: Response): unknown {
  try {
    return response.headers;
  } catch {
    return undefined;
  }
}

/** Calls outside the module's frames. A rejection that nothing waits for is not reported as unhandled. */
function hold<T>(make: () => Promise<T>): Promise<T> {
  const promise = Promise.resolve().then(make);
  promise.catch(() => {});
  return promise;
}
