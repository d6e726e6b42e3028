// Whether the job of an idempotency key is that of a request.
import type { FilmgateError } from "../error.js";
import type { Handle, SubmitOptions, VideoRequest } from "../types/index.js";
import { toBase64 } from "../util/encoding.js";
import { inlineImages, readBlobs } from "../util/images.js";
import { invalidOption } from "../util/options.js";

const MAX_READ_MS = 60_000;

/** A URL that is signed for a time: its query is another one each time that it is made for the same file. */
const SIGNED_URL = /^https?:[^?#]*\?.*\b(x-(amz|goog|oss)-|sig=|signature=|token=|expires=)/is;

/**
 * Identifies what a request asks for, under the id of its job: the request cannot be read from it, and those of two jobs are
 * never equal. `request`: with its images as texts. The addresses that a result is sent to are not part of it.
 *
 * @returns undefined without WebCrypto, as in a page over HTTP
 */
export async function requestDigest(id: string, request: VideoRequest): Promise<string | undefined> {
  try {
    const { webhookUrl, uploadUrl, ...content } = request;
    const bytes = new TextEncoder().encode(JSON.stringify([id, content], canonical));
    return toBase64(new Uint8Array(await crypto.subtle.digest("SHA-256", bytes)));
  } catch {
    return undefined;
  }
}

/**
 * @param digest that of the job's record; undefined if it has none
 * @throws FilmgateError `invalid_request` if the job is not of this request: its video would be another one
 */
export async function assertSameRequest(job: Handle, digest: unknown, request: VideoRequest, options: SubmitOptions) {
  const { model, n }: VideoRequest = Object(request);
  const { provider = "cheapest", timeoutMs = MAX_READ_MS, signal } = options;
  signal?.throwIfAborted();
  const isAllowed = provider === "cheapest" || [provider].flat().includes(job.provider);
  if ((model ?? job.model) !== job.model || (n ?? job.n) !== job.n || !isAllowed) throw reusedKey();
  if (digest === undefined) return;
  const given = await requestDigest(job.id, inlineImages(request, await readBlobs(request, timeoutMs, signal)));
  if (given !== undefined && given !== digest) throw reusedKey();
}

function reusedKey(): FilmgateError {
  const message = "The `idempotencyKey` belongs to a job of another request. Pass a new key for a new video.";
  return invalidOption("idempotencyKey", "conflict", message);
}

function canonical(_name: string, value: unknown): unknown {
  if (typeof value === "string" && SIGNED_URL.test(value)) return value.slice(0, value.indexOf("?"));
  if (typeof value !== "object" || value === null || Array.isArray(value)) return value;
  return Object.fromEntries(Object.entries(value).sort(([a], [b]) => (a < b ? -1 : 1)));
}
