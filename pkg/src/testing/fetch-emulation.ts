// What `fetch` shows of a network: responses, CORS and errors.

/** A simulated response. Without a status, the connection is reset. */
export interface SimulatedResponse {
  afterMs: number;
  status: number | undefined;
  headers: [string, string][];
  body: Uint8Array<ArrayBuffer>;
}

/** The error of the real `fetch` for a failed connection. */
export function networkError(): TypeError {
  return new TypeError(isPage() ? "Failed to fetch" : "fetch failed");
}

/** The error for a URL that is not simulated. Its code says that nothing was sent. */
export function unknownHostError(url: string): TypeError {
  const message =
    `filmgate/testing answers for RunPod, Runware and their simulated videos only: ` +
    `nothing was sent to ${new URL(url).origin}.`;
  return new TypeError(message, { cause: Object.assign(new Error(message), { code: "ENOTFOUND" }) });
}

/** Pages and their workers have a location, and are subject to CORS. */
export const isPage = () =>
  typeof (globalThis as { location?: { href?: unknown } }).location?.href === "string";

export const isCorsReadable = ({ headers }: SimulatedResponse) =>
  headers.some(([name]) => name === "access-control-allow-origin");

/** Content types that need no preflight. */
const SIMPLE_TYPE = /^(text\/plain|multipart\/form-data|application\/x-www-form-urlencoded)/;

export function needsPreflight({ method, headers }: Request): boolean {
  const isSimple = SIMPLE_TYPE.test(headers.get("content-type") ?? "text/plain");
  return !["GET", "HEAD", "POST"].includes(method) || headers.has("authorization") || !isSimple;
}

export function responseOf({ status = 0, headers, body }: SimulatedResponse, method: string, url: string): Response {
  const hasBody = method !== "HEAD" && status !== 204 && status !== 304;
  const announced = Number(headers.find(([name]) => name === "content-length")?.[1]);
  const content = hasBody && announced > body.length ? truncatedBody(body) : body;
  const response = new Response(hasBody ? content : null, { status, headers });
  Object.defineProperty(response, "url", { value: url });
  return response;
}

/** A body whose connection is reset after these bytes. */
function truncatedBody(bytes: Uint8Array): ReadableStream {
  const start = (stream: ReadableStreamDefaultController) => stream.enqueue(bytes);
  const pull = (stream: ReadableStreamDefaultController) => stream.error(new TypeError("terminated"));
  return new ReadableStream({ start, pull }, { highWaterMark: 0 });
}
