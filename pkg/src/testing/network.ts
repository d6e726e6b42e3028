// What a `fetch` shows of a network: answers, their leave to be read, and failures.

/** What becomes of a request; without a status, a torn connection. */
export interface Reply {
  afterMs: number;
  status: number | undefined;
  headers: [string, string][];
  body: Uint8Array<ArrayBuffer>;
}

/** What the real one says of a connection that failed, in a page without a word of the cause. */
export function networkError(): TypeError {
  return new TypeError(isPage() ? "Failed to fetch" : "fetch failed");
}

/** An address that is not simulated is as good as none: a client can see that nothing was sent. */
export function refusal(url: string): TypeError {
  const message =
    `filmgate/testing answers for RunPod, Runware and their simulated videos alone: ` +
    `nothing was sent to ${new URL(url).origin}.`;
  return new TypeError(message, { cause: Object.assign(new Error(message), { code: "ENOTFOUND" }) });
}

/** Pages and their workers have an address, and other origins' leave to read is asked for. */
export const isPage = () =>
  typeof (globalThis as { location?: { href?: unknown } }).location?.href === "string";

export const mayRead = ({ headers }: Reply) =>
  headers.some(([name]) => name === "access-control-allow-origin");

/** What a form can send without asking first. */
const PLAIN_TYPE = /^(text\/plain|multipart\/form-data|application\/x-www-form-urlencoded)/;

export function needsPreflight({ method, headers }: Request): boolean {
  const isPlain = PLAIN_TYPE.test(headers.get("content-type") ?? "text/plain");
  return !["GET", "HEAD", "POST"].includes(method) || headers.has("authorization") || !isPlain;
}

export function responseOf({ status = 0, headers, body }: Reply, method: string, url: string): Response {
  const hasBody = method !== "HEAD" && status !== 204 && status !== 304;
  const promised = Number(headers.find(([name]) => name === "content-length")?.[1]);
  const content = hasBody && promised > body.length ? cutOff(body) : body;
  const response = new Response(hasBody ? content : null, { status, headers });
  Object.defineProperty(response, "url", { value: url });
  return response;
}

/** A body whose connection breaks after these bytes. */
function cutOff(bytes: Uint8Array): ReadableStream {
  const start = (stream: ReadableStreamDefaultController) => stream.enqueue(bytes);
  const pull = (stream: ReadableStreamDefaultController) => stream.error(new TypeError("terminated"));
  return new ReadableStream({ start, pull }, { highWaterMark: 0 });
}
