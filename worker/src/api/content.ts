// A video's bytes: from R2, or, where the gateway could not keep them, from the provider.
import { publicFetch } from "../public-fetch.js";
import { verifySigned } from "../signing.js";
import type { FilePlace } from "../types.js";
import type { Call } from "./context.js";
import { callerOf, jobNamed } from "./context.js";
import { answerOf, Refused, refused } from "./errors.js";
import { partOf } from "./range.js";

const TYPES = new Set(["video/mp4", "video/webm", "video/quicktime"]);
/** So long a provider may take to begin its answer. */
const PATIENCE_MS = 10_000;
/** Headers of a provider's answer that go on to the client. */
const PASSED = ["content-length", "content-range", "etag", "last-modified"];

export async function content(c: Call): Promise<Response> {
  const id = c.req.param("id") ?? "";
  const isSigned = ["expires", "signature"].some((name) => c.req.query(name) !== undefined);
  const owner = isSigned ? null : (await callerOf(c, "READ_LIMITER")).hash;
  const job = jobNamed(c.env, id);
  if (isSigned && !(await verifySigned(c.env, c.req.url))) {
    throw refused("invalid_token", "The address has expired, or is not the gateway's.");
  }
  const place = await job.file(owner, indexOf(c));
  if (place.error) throw new Refused(place.error);
  return place.kind === "archived" ? fromStore(c, place, id) : fromProvider(c, place.url, id);
}

/** Which of the order's videos. */
function indexOf(c: Call): number {
  const variant = c.req.query("variant") ?? "video";
  if (variant !== "video") {
    throw refused("unsupported_variant", "There is the video itself, and no other variant.", {
      param: "variant",
    });
  }
  const index = c.req.query("index") ?? "0";
  if (/^\d{1,3}$/.test(index)) return Number(index);
  throw refused("invalid_request", "`index` counts the order's videos, from 0.", { param: "index" });
}

async function fromStore(
  c: Call,
  { key, bytes, type }: Extract<FilePlace, { kind: "archived" }>,
  id: string,
): Promise<Response> {
  const isHead = c.req.method === "HEAD";
  const asked = isHead ? undefined : c.req.header("range");
  const needsTag = ["if-range", "if-none-match"].some((name) => c.req.header(name) !== undefined);
  const known = isHead || needsTag ? await c.env.VIDEO_BUCKET.head(key) : undefined;
  if (known === null) throw gone();
  const tag = known?.httpEtag;
  if (tag !== undefined && isAmong(tag, c.req.header("if-none-match"))) {
    return new Response(null, { status: 304, headers: { etag: tag } });
  }
  const isSame = c.req.header("if-range") === undefined || c.req.header("if-range") === tag;
  const part = isSame ? partOf(asked, bytes) : undefined;
  if (part === null) return unsatisfiable(bytes);
  const headers = headersFor(id, type);
  headers.set("content-length", String(part?.length ?? bytes));
  if (isHead) {
    if (tag !== undefined) headers.set("etag", tag);
    return new Response(null, { headers });
  }
  const file = await c.env.VIDEO_BUCKET.get(key, part ? { range: part } : {});
  if (!file) throw gone();
  headers.set("etag", file.httpEtag);
  if (!part) return new Response(file.body, { headers });
  const last = part.offset + part.length - 1;
  headers.set("content-range", `bytes ${part.offset}-${last}/${bytes}`);
  return new Response(file.body, { status: 206, headers });
}

/** As the provider sends it; the client's own headers stay here, except for the part that it wants. */
async function fromProvider(c: Call, url: string, id: string): Promise<Response> {
  const headers = new Headers();
  for (const name of ["range", "if-range"]) {
    const value = c.req.header(name);
    if (value !== undefined) headers.set(name, value);
  }
  const answer = await begun(publicFetch(c.env), url, { method: c.req.method, headers });
  if (answer?.status !== 200 && answer?.status !== 206) {
    await answer?.body?.cancel();
    throw refused("service_unavailable", "The provider does not send the video now: ask again.", {
      retryAfterSeconds: 10,
    });
  }
  const passed = headersFor(id, answer.headers.get("content-type") ?? "");
  for (const name of PASSED) {
    const value = answer.headers.get(name);
    if (value !== null) passed.set(name, value);
  }
  return new Response(answer.body, { status: answer.status, headers: passed });
}

/** The answer once it has begun; its body may take as long as it does. */
async function begun(fetch: typeof globalThis.fetch, url: string, init: RequestInit) {
  const controller = new AbortController();
  const timer = setTimeout(() => controller.abort(), PATIENCE_MS);
  try {
    return await fetch(url, { ...init, signal: controller.signal });
  } catch {
    return undefined;
  } finally {
    clearTimeout(timer);
  }
}

const isAmong = (tag: string, told = ""): boolean =>
  told.split(",").some((one) => [tag, `W/${tag}`, "*"].includes(one.trim()));

function headersFor(id: string, type: string): Headers {
  const isKnown = TYPES.has(type);
  const ext = type === "video/webm" ? "webm" : type === "video/quicktime" ? "mov" : "mp4";
  return new Headers({
    "content-type": isKnown ? type : "application/octet-stream",
    "content-disposition": `attachment; filename="${id}.${ext}"`,
    "accept-ranges": "bytes",
    "cache-control": "private, no-store",
  });
}

function unsatisfiable(bytes: number): Response {
  const message = `The video has ${bytes} bytes.`;
  const answer = answerOf(refused("range_not_satisfiable", message).refusal);
  answer.headers.set("content-range", `bytes */${bytes}`);
  return answer;
}

const gone = () => refused("service_unavailable", "The video cannot be read now.", { retryAfterSeconds: 5 });
