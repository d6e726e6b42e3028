// A video's bytes: from R2 or, if the gateway could not archive them, from the provider.
import { ApiError, apiError, errorResponse } from "../errors.js";
import { publicFetch } from "../public-fetch.js";
import { verifySigned } from "../signing.js";
import type { JobRpc } from "../rpc.js";
import type { Owner, Variant, VideoLocation } from "../types.js";
import type { Call } from "./context.js";
import { callerOf, jobOfVideo, ownerOf } from "./context.js";

/** The types that are served as what they are, and their extensions. */
const EXTENSIONS: Record<string, string> = {
  "video/mp4": "mp4",
  "video/webm": "webm",
  "video/quicktime": "mov",
  "image/jpeg": "jpg",
};
/** Time limit of a provider's response headers. */
const PROVIDER_TIMEOUT_MS = 10_000;
/** Headers of a provider's response that the client receives. */
const FORWARDED_HEADERS = ["content-length", "content-range", "etag", "last-modified"];

export async function content(c: Call): Promise<Response> {
  const id = c.req.param("id") ?? "";
  const isSigned = ["expires", "signature"].some((name) => c.req.query(name) !== undefined);
  const owner = isSigned ? null : ownerOf(await callerOf(c, "READ_LIMITER"));
  const job = jobOfVideo(c.env, id);
  if (isSigned && !(await verifySigned(c.env, c.req.url))) {
    throw apiError("invalid_token", "The URL has expired, or its signature is invalid.");
  }
  return contentOf(c, job, owner);
}

/** The requested file of a job. The owner `null` is an admin, or who holds a signed URL. */
export async function contentOf(c: Call, job: JobRpc, owner: Owner | null): Promise<Response> {
  const id = c.req.param("id") ?? "";
  const index = indexOf(c);
  const location = await job.file(owner, index, variantOf(c));
  if (location.error) throw new ApiError(location.error);
  if (location.kind === "provider") return fromProvider(c, location.url, id);
  const response = await fromBucket(c, location, id);
  if (response) return response;
  throw await missing(job, owner, index, variantOf(c));
}

/** @throws {ApiError} if the first video of a job, as far as it is archived, is not in R2 any more. */
export async function assertStored(c: Call, id: string): Promise<void> {
  const job = jobOfVideo(c.env, id);
  const location = await job.file(null, 0, "video");
  if (location.error) throw new ApiError(location.error);
  const isMissing = location.kind === "archived" && !(await c.env.VIDEO_BUCKET.head(location.key));
  if (isMissing) throw await missing(job, null, 0, "video");
}

/** The error of a file that a lifecycle rule of the bucket has deleted: the job says so from now on. */
async function missing(job: JobRpc, owner: Owner | null, index: number, variant: Variant): Promise<ApiError> {
  await job.onFileMissing(index);
  const { error } = await job.file(owner, index, variant);
  return error ? new ApiError(error) : unreadable();
}

function variantOf(c: Call): Variant {
  const variant = c.req.query("variant") ?? "video";
  if (variant === "video" || variant === "thumbnail") return variant;
  throw apiError("unsupported_variant", "`variant` must be `video` or `thumbnail`.", { param: "variant" });
}

/** Which of the job's videos. */
function indexOf(c: Call): number {
  const index = c.req.query("index") ?? "0";
  if (/^\d{1,3}$/.test(index)) return Number(index);
  throw apiError("invalid_request", "`index` must be the video's number in its job, from 0.", {
    param: "index",
  });
}

/** `undefined`: R2 does not have the file any more. */
async function fromBucket(
  c: Call,
  { key, bytes, type }: Extract<VideoLocation, { kind: "archived" }>,
  id: string,
): Promise<Response | undefined> {
  const isHead = c.req.method === "HEAD";
  const requested = isHead ? undefined : c.req.header("range");
  const needsTag = ["if-range", "if-none-match"].some((name) => c.req.header(name) !== undefined);
  const head = isHead || needsTag ? await c.env.VIDEO_BUCKET.head(key) : undefined;
  if (head === null) return undefined;
  const tag = head?.httpEtag;
  if (tag !== undefined && includesTag(c.req.header("if-none-match"), tag)) {
    return new Response(null, { status: 304, headers: { etag: tag } });
  }
  const isSame = c.req.header("if-range") === undefined || c.req.header("if-range") === tag;
  const range = isSame ? rangeOf(requested, bytes) : undefined;
  if (range === null) return unsatisfiable(bytes);
  const headers = headersFor(id, type);
  headers.set("content-length", String(range?.length ?? bytes));
  if (isHead) {
    if (tag !== undefined) headers.set("etag", tag);
    return new Response(null, { headers });
  }
  const file = await c.env.VIDEO_BUCKET.get(key, range ? { range } : {});
  if (!file) return undefined;
  headers.set("etag", file.httpEtag);
  if (!range) return new Response(file.body, { headers });
  const last = range.offset + range.length - 1;
  headers.set("content-range", `bytes ${range.offset}-${last}/${bytes}`);
  return new Response(file.body, { status: 206, headers });
}

/** As the provider sends it. Of the client's headers only those of the range are forwarded. */
async function fromProvider(c: Call, url: string, id: string): Promise<Response> {
  const headers = new Headers();
  for (const name of ["range", "if-range"]) {
    const value = c.req.header(name);
    if (value !== undefined) headers.set(name, value);
  }
  const response = await responseOf(publicFetch(c.env), url, { method: c.req.method, headers });
  if (response?.status !== 200 && response?.status !== 206) {
    await response?.body?.cancel();
    throw apiError("service_unavailable", "The provider does not serve the video right now. Retry.", {
      retryAfterSeconds: 10,
    });
  }
  const forwarded = headersFor(id, response.headers.get("content-type") ?? "");
  for (const name of FORWARDED_HEADERS) {
    const value = response.headers.get(name);
    if (value !== null) forwarded.set(name, value);
  }
  return new Response(response.body, { status: response.status, headers: forwarded });
}

/** The response once its headers have arrived; its body has no time limit. */
async function responseOf(fetch: typeof globalThis.fetch, url: string, init: RequestInit) {
  const controller = new AbortController();
  const timer = setTimeout(() => controller.abort(), PROVIDER_TIMEOUT_MS);
  try {
    return await fetch(url, { ...init, signal: controller.signal });
  } catch {
    return undefined;
  } finally {
    clearTimeout(timer);
  }
}

/**
 * The single range of a `Range` header. `undefined`: the whole file, also for several ranges, which the header allows.
 * `null`: the range is not satisfiable.
 */
function rangeOf(
  range: string | undefined,
  size: number,
): { offset: number; length: number } | undefined | null {
  const [, first = "", last = ""] = /^bytes=(\d{0,15})-(\d{0,15})$/.exec(range ?? "") ?? [];
  if (first === "" && last === "") return undefined;
  if (first === "") {
    const length = Math.min(Number(last), size);
    return length > 0 ? { offset: size - length, length } : null;
  }
  const offset = Number(first);
  const end = last === "" ? size : Math.min(Number(last) + 1, size);
  if (last !== "" && Number(last) < offset) return undefined;
  return offset < size ? { offset, length: end - offset } : null;
}

const includesTag = (header = "", tag: string): boolean =>
  header.split(",").some((one) => [tag, `W/${tag}`, "*"].includes(one.trim()));

function headersFor(id: string, type: string): Headers {
  const extension = EXTENSIONS[type];
  return new Headers({
    "content-type": extension ? type : "application/octet-stream",
    "content-disposition": `attachment; filename="${id}.${extension ?? "mp4"}"`,
    "accept-ranges": "bytes",
    "cache-control": "private, no-store",
  });
}

function unsatisfiable(bytes: number): Response {
  const message = `The range is beyond the video's ${bytes} bytes.`;
  const response = errorResponse(apiError("range_not_satisfiable", message).details);
  response.headers.set("content-range", `bytes */${bytes}`);
  return response;
}

const unreadable = () =>
  apiError("service_unavailable", "The video cannot be read right now. Retry.", { retryAfterSeconds: 5 });
