import { FilmgateError } from "../error.js";
import type { ResourceMetadata } from "../types/index.js";
import { onAbort } from "../util/abort.js";
import { retryAfterMs } from "../util/retry-after.js";

/** An incomplete download that another request may continue. */
export class RetryableDownloadError extends Error {
  constructor(
    message: string,
    /** Whether the host had responded. */
    readonly responded: boolean,
    /** Minimum wait before the next request, in milliseconds. */
    readonly waitMs = 0,
    cause?: unknown,
  ) {
    super(message, { cause });
  }
}

/** The response: the whole video, the requested range, or neither, because the video has changed. */
export type RangeResponse =
  | ({ kind: "whole"; body: BodyReader } & ResourceMetadata)
  | { kind: "range"; body: BodyReader; total?: number | undefined }
  | { kind: "changed" };

/** Reads a response body in chunks. */
export interface BodyReader {
  /** The next chunk, or undefined at the end. */
  next(): Promise<Uint8Array | undefined>;
  cancel(): void;
}

/** A request for the rest of a video. */
export interface RangeRequest {
  from: number;
  validator: string;
  total?: number | undefined;
  /** Whether to send `If-Range`. */
  conditional: boolean;
}

/** A host that sends nothing for so long has lost the connection. */
const SILENCE_TIMEOUT_MS = 60_000;
const MAX_RETRY_AFTER_MS = 30_000;
/** How a page, JSON or XML begins, which a proxy may send in place of a video: no video does. A declared type proves nothing. */
const PAGE_START = /^[\s<{[\xef]/;
/** A `Last-Modified` of this age identifies a version: no second change can have the same date. */
const MIN_LAST_MODIFIED_AGE_MS = 60_000;

/** Requests a video, or the rest of one. */
export async function fetchRange(
  fetch: typeof globalThis.fetch,
  url: string,
  range: RangeRequest | undefined,
  signal?: AbortSignal,
): Promise<RangeResponse> {
  const controller = new AbortController();
  const unlisten = onAbort(signal, () => controller.abort(signal?.reason));
  const stop = () => {
    unlisten();
    controller.abort();
  };
  /** What the host sends next, or an error if it is silent for too long. */
  const receive = async <T>(next: Promise<T>, responded: boolean): Promise<T> => {
    try {
      return await withTimeout(next, controller);
    } catch (cause) {
      stop();
      if (signal?.aborted) throw signal.reason;
      const message = responded
        ? "The connection was lost during the download."
        : "Network or CORS error: the video could not be fetched. A browser may still show its URL.";
      throw new RetryableDownloadError(message, responded, 0, redact(cause, url));
    }
  };
  const init = { headers: range ? headersOf(range) : {}, signal: controller.signal };
  const response = await receive((async () => fetch(url, init))(), false);
  const { status, headers } = response;
  const reader = response.body?.getReader();
  const body: BodyReader = {
    next: async () => reader && (await receive(reader.read(), true)).value,
    cancel: () => {
      void reader?.cancel().catch(() => {});
      stop();
    },
  };
  if (range && status === 206) {
    const rest = matchRange(headers, range);
    if (rest) return { kind: "range", body, total: rest.total };
  } else if (reader && (status === 200 || isWhole(headers))) {
    let first = await body.next();
    if (first && PAGE_START.test(String.fromCharCode(first[0] ?? 0))) {
      body.cancel();
      throw new RetryableDownloadError("The host responded with a page or JSON, which is not a video.", true);
    }
    const next = async () => {
      const chunk = first ?? (await body.next());
      first = undefined;
      return chunk;
    };
    return { kind: "whole", body: { ...body, next }, ...metadataOf(headers) };
  }
  body.cancel();
  if (range && (status === 206 || status === 416)) return { kind: "changed" };
  throw errorOf(status, headers);
}

/** Chromium answers a plain request with HTTP 206 if a `video` has loaded the URL by ranges before. */
function isWhole(headers: Headers): boolean {
  const [first, last = 0, total] = contentRange(headers);
  return first === 0 && last + 1 === total;
}

/** The first byte, the last, and the total if it is known; or nothing. */
function contentRange(headers: Headers): number[] {
  const range = /^bytes (\d+)-(\d+)\/(\d+|\*)$/.exec(headers.get("content-range") ?? "") ?? [];
  return range.slice(1).map(Number).filter((known) => known >= 0);
}

function headersOf({ from, validator, conditional }: RangeRequest): Record<string, string> {
  const range = { range: `bytes=${from}-` };
  return conditional ? { ...range, "if-range": validator } : range;
}

/** The total length, if the response is the requested range of the same video. */
function matchRange(
  headers: Headers,
  request: RangeRequest,
): { total: number | undefined } | undefined {
  const [first, , total = request.total] = contentRange(headers);
  if (first !== request.from || headers.get("content-encoding")) return undefined;
  if (request.total !== undefined && total !== request.total) return undefined;
  const validators = [headers.get("etag"), headers.get("last-modified")].filter((one) => one !== null);
  // With If-Range the host has compared them itself.
  const isSame = validators.length === 0 ? request.conditional : validators.includes(request.validator);
  return isSame ? { total } : undefined;
}

/** The length and the offsets of a compressed body are not those of the video. */
function metadataOf(headers: Headers): ResourceMetadata {
  if (headers.get("content-encoding")) return {};
  const length = headers.get("content-length") ?? "";
  return { total: /^\d+$/.test(length) ? Number(length) : undefined, validator: strongValidator(headers) };
}

/** A strong `ETag`, or a `Last-Modified` that is old enough. */
function strongValidator(headers: Headers): string | undefined {
  const etag = headers.get("etag");
  if (etag && /^"[^"]*"$/.test(etag)) return etag;
  const [changed, now] = [headers.get("last-modified"), headers.get("date")];
  if (changed === null || now === null) return undefined;
  const isOld = Date.parse(now) - Date.parse(changed) >= MIN_LAST_MODIFIED_AGE_MS;
  return isOld ? changed : undefined;
}

function errorOf(status: number, headers: Headers): Error {
  if (status === 404 || status === 410) {
    const message = `The URL of the video has expired (HTTP ${status}).`;
    return new FilmgateError({ code: "result_expired", message, charge: "charged" });
  }
  const message = `The host of the video responded with HTTP ${status}.`;
  if (status === 408 || status === 429 || status >= 500) {
    const waitMs = Math.max(retryAfterMs(headers.get("retry-after")) ?? 0, 0);
    return new RetryableDownloadError(message, true, Math.min(waitMs, MAX_RETRY_AFTER_MS));
  }
  return downloadError(`${message} Try again, or check the provider's console.`);
}

/** The promise, unless it takes too long or the controller aborts. */
function withTimeout<T>(promise: Promise<T>, controller: AbortController): Promise<T> {
  return new Promise((resolve, reject) => {
    const onTimeout = () => controller.abort(new Error("The host has sent nothing for a minute."));
    const timer = setTimeout(onTimeout, SILENCE_TIMEOUT_MS);
    const unlisten = onAbort(controller.signal, () => reject(controller.signal.reason));
    promise.then(resolve, reject).finally(() => {
      clearTimeout(timer);
      unlisten();
    });
  });
}

/** The error, unless it quotes the URL, whose query may hold a token. */
function redact(cause: unknown, url: string): unknown {
  const secret = new URL(url).search || url;
  for (let each = cause; each instanceof Error; each = each.cause) {
    if (`${each.message} ${each.stack}`.includes(secret)) return undefined;
  }
  return cause;
}

export function downloadError(message: string, cause?: unknown): FilmgateError {
  return new FilmgateError({ code: "connection_error", message, charge: "charged", cause });
}
