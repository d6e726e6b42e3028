/** A request whose body can be read only once. */
export interface OneShotRequest {
  readonly request: Request;
  /** Whether the body was read, so that some of it may have been sent. */
  bodyWasRead(): boolean;
}

/**
 * Prevents a runtime from sending a request twice. If a reused connection breaks, Chromium, Firefox and Deno silently
 * repeat a POST, and Node and Firefox repeat one after HTTP 421; the caller cannot detect it. A stream as the body cannot
 * be sent again. It is read only when it is sent, so that a body that was not read was not sent.
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

/**
 * Whether the runtime can send a stream. Firefox, Safari and old polyfills send the text of the object instead, which
 * the content type shows. A browser reads `duplex`, if it can send one; Deno and Bun do not.
 */
export function canStream(): boolean {
  let readsDuplex = false;
  const init = {
    method: "POST",
    get duplex() {
      readsDuplex = true;
      return "half";
    },
    get body() {
      return new ReadableStream();
    },
  } as RequestInit;
  try {
    const { headers } = new Request("https://example.com/", init);
    return (readsDuplex || !isBrowser()) && !headers.has("content-type");
  } catch {
    return false;
  }
}

/** Whether requests leave through a browser. Node counts as none, even with a simulated page. */
export function isBrowser(): boolean {
  const { process } = globalThis as { process?: { type?: string; versions?: { node?: string } } };
  // Electron's pages have both.
  const isNode = process?.versions?.node !== undefined && process.type !== "renderer";
  return typeof globalThis.navigator?.onLine === "boolean" && !isNode;
}
