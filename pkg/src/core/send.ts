// The module's transport, protected from traps.
import { call, ensureReady } from "./instance.js";
import type { Instance } from "./instance.js";
import type { ResponseInput } from "./protocol.js";

/** A request to send. */
export interface WireRequest {
  readonly url: string;
  readonly headers: Headers;
  /** The body of a POST, as JSON. A GET has none. */
  readonly body: unknown;
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
  const readOnce = (from: Response) => (text ??= hold(() => from.text()));
  for (;;) {
    await ensureReady();
    const sending = call((core, instance) => {
      const token = {};
      const wrapped = <T>(promise: Promise<T>): Promise<T> => {
        instance.waiting(token);
        return instance.wrap(token, promise);
      };
      instance.queued(token);
      const fetchWrapped = (built: Request) =>
        wrapped(
          fetchOnce(built).then((from) => ({
            status: from.status,
            headers: from.headers,
            text: () => wrapped(readOnce(from)),
          })),
        );
      const result = core.send(request, fetchWrapped, signal) as Promise<WireResponse>;
      const settled = () => instance.waiting(token);
      result.then(settled, settled);
      return unlessDead(instance, result);
    });
    const received = await sending;
    if (received) return received;
  }
}

/** Calls outside the module's frames. A rejection that nothing waits for is not reported as unhandled. */
function hold<T>(make: () => Promise<T>): Promise<T> {
  const promise = Promise.resolve().then(make);
  promise.catch(() => {});
  return promise;
}

/** The result of an instance; `undefined` if it died before. */
function unlessDead<T>(instance: Instance, result: Promise<T>): Promise<T | undefined> {
  return Promise.race([result, instance.died.then(() => undefined)]);
}
