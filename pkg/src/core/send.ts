// The module's transport, kept from what a trap could take.
import { call, ensureReady } from "./instance.js";
import type { Instance } from "./instance.js";
import type { Answered } from "./protocol.js";

/** What is to be sent. */
export interface WireRequest {
  readonly url: string;
  readonly headers: Headers;
  /** The body of a POST, as JSON; a GET has none. */
  readonly body: unknown;
}

/** What came back. */
export type WireResponse = Pick<Answered, "status" | "retryAfter" | "text">;

/**
 * Sends a request by the given `fetch`, which is called once, and reads its response.
 *
 * The promises of `fetch` and of the response's body are held here. Where a trap takes the instance that
 * waits for them, a fresh one is asked to send, and gets the same promises: the request has left once, and its
 * answer is not lost.
 */
export async function send(
  request: WireRequest,
  fetch: (request: Request) => Promise<Response>,
  signal: AbortSignal,
): Promise<WireResponse> {
  let response: Promise<Response> | undefined;
  let text: Promise<string> | undefined;
  const respond = (built: Request) => (response ??= held(() => fetch(built)));
  const read = (from: Response) => (text ??= held(() => from.text()));
  for (;;) {
    await ensureReady();
    const sent = call((core, instance) => {
      const turn = {};
      const guarded = <T>(promise: Promise<T>): Promise<T> => {
        instance.pause(turn);
        return instance.guard(turn, promise);
      };
      instance.begin(turn);
      const wired = (built: Request) =>
        guarded(
          respond(built).then((from) => ({
            status: from.status,
            headers: from.headers,
            text: () => guarded(read(from)),
          })),
        );
      const result = core.send(request, wired, signal) as Promise<WireResponse>;
      const settled = () => instance.pause(turn);
      result.then(settled, settled);
      return unlessDead(instance, result);
    });
    const answer = await sent;
    if (answer) return answer;
  }
}

/** The promise of a call that runs none of the module's frames, and that nobody may be waiting for. */
function held<T>(make: () => Promise<T>): Promise<T> {
  const promise = Promise.resolve().then(make);
  promise.catch(() => {});
  return promise;
}

/** What an instance has resolved to; `undefined` where it died before. */
function unlessDead<T>(instance: Instance, result: Promise<T>): Promise<T | undefined> {
  return Promise.race([result, instance.died.then(() => undefined)]);
}
