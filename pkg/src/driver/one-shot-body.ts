/** A request whose body can be read only once. */
export interface OneShotRequest {
  readonly request: Request;
  /** Whether the body was read, so that some of it may have been sent. */
  bodyWasRead(): boolean;
}

/**
 * Prevents a browser from sending a request twice. If a reused connection breaks (the preflight has used it),
 * Chromium silently retries a POST, and no page can detect it. A stream as the body cannot be sent again. It is read
 * only when it is sent, so that a body that was not read was not sent.
 */
export async function oneShotRequest(request: Request): Promise<OneShotRequest> {
  const bytes = new Uint8Array(await request.clone().arrayBuffer());
  let wasRead = false;
  const body = new ReadableStream<Uint8Array>(
    {
      pull(controller) {
        wasRead = true;
        controller.enqueue(bytes);
        controller.close();
      },
    },
    { highWaterMark: 0 },
  );
  const init = { body, duplex: "half" } as RequestInit;
  return { request: new Request(request, init), bodyWasRead: () => wasRead };
}

/** Whether this is a browser that can send a stream. Other runtimes send each request once. */
export function browserMayResend(): boolean {
  if (typeof globalThis.navigator?.onLine !== "boolean") return false;
  let readsDuplex = false;
  const init = {
    method: "POST",
    body: new ReadableStream(),
    get duplex() {
      readsDuplex = true;
      return "half";
    },
  } as RequestInit;
  // Without support for streams, the body becomes text.
  const { headers } = new Request("https://example.com/", init);
  return readsDuplex && !headers.has("content-type");
}
