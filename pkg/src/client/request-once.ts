import type { Connection } from "../driver/connection.js";
import { PendingRequest } from "../driver/http-request.js";
import type { RequestResult, RequestSpec } from "../driver/http-request.js";
import { onAbort } from "../util/abort.js";

/** The longest response that is read, in bytes. All of them are short. */
const MAX_BYTES = 1 << 20;

/** The end of a request, with what was thrown on the way. */
export interface OnceResult {
  result: RequestResult;
  thrown?: unknown;
}

/** Sends one request that belongs to no job, once. Rejects with the signal's reason if it aborts before the request is sent. */
export async function requestOnce(
  connection: Connection,
  { body, ...spec }: Pick<RequestSpec, "path" | "limitMs" | "headers"> & { body: unknown },
  signal?: AbortSignal,
): Promise<OnceResult> {
  signal?.throwIfAborted();
  let unlisten = () => {};
  const ended = await new Promise<OnceResult>((resolve) => {
    const request = new PendingRequest(connection, {
      ...spec,
      maxBytes: MAX_BYTES,
      maxQueueMs: spec.limitMs,
      isPriority: true,
      sendNowOrFail: false,
      body: () => body,
      onQueued: () => {},
      onSent: () => {},
      onResult: (result, thrown) => resolve({ result, thrown }),
    });
    unlisten = onAbort(signal, () => request.stop());
  });
  unlisten();
  const isUnsent = ended.result.type === "failed" && ended.result.kind === "unsent";
  if (isUnsent) signal?.throwIfAborted();
  return ended;
}

/** The body of a response as JSON; undefined if it is not JSON. */
export function jsonOf(result: RequestResult): unknown {
  if (result.type !== "response") return undefined;
  try {
    return JSON.parse(result.text) as unknown;
  } catch {
    return undefined;
  }
}

/** The entries of `errors` of one of Runware's responses. */
export function runwareErrors(json: unknown): { code?: unknown; parameter?: unknown }[] {
  const { errors } = Object(json) as { errors?: unknown };
  return Array.isArray(errors) ? errors.map((error) => Object(error) as object) : [];
}
