/** A request whose body can be read once only, and that tells whether it was. */
export interface Once {
  readonly request: Request;
  /** Whether any of the body may have left. */
  wasRead(): boolean;
}

/**
 * Keeps a browser from sending a request twice. Where a connection breaks that was used before, as it
 * was for the preflight, Chromium sends a POST again by itself, and no page hears of it. A body that is
 * a stream cannot be sent again; and as it is read only when it leaves, one that was not has not left.
 */
export async function once(request: Request): Promise<Once> {
  const bytes = new Uint8Array(await request.clone().arrayBuffer());
  let isRead = false;
  const body = new ReadableStream<Uint8Array>(
    {
      pull(controller) {
        isRead = true;
        controller.enqueue(bytes);
        controller.close();
      },
    },
    { highWaterMark: 0 },
  );
  const init = { body, duplex: "half" } as RequestInit;
  return { request: new Request(request, init), wasRead: () => isRead };
}

/** Whether this is a browser that can send a stream. Other runtimes send what they are told, once. */
export function needsOnce(): boolean {
  if (typeof globalThis.navigator?.onLine !== "boolean") return false;
  let isAsked = false;
  const init = {
    method: "POST",
    body: new ReadableStream(),
    get duplex() {
      isAsked = true;
      return "half";
    },
  } as RequestInit;
  // One that does not know streams makes a text of it.
  const { headers } = new Request("https://example.com/", init);
  return isAsked && !headers.has("content-type");
}
