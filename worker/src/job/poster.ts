// A still of an archived video, for lists: taken from the video by Cloudflare's Media Transformations, else the thumbnail
// that the provider reports.
import type { VideoResult } from "filmgate";
import type { Env } from "../env.js";
import { publicFetch } from "../public-fetch.js";
import type { StoredFile, VideoArchive } from "./state.js";

/** After this many failures a video stays without a poster. */
export const MAX_POSTER_TRIES = 3;
export const POSTER_RETRY_MS = 60_000;

const TYPE = "image/jpeg";
const WIDTH_PX = 640;
const MAX_POSTER_BYTES = 2 * 1024 * 1024;
/** Of a longer video Media Transformations takes no frame. */
const MAX_MEDIA_INPUT_BYTES = 100 * 1024 * 1024;
const FETCH_TIMEOUT_MS = 30_000;
const JPEG = [0xff, 0xd8, 0xff];
/** Fields in which providers report a thumbnail. */
const THUMBNAIL_FIELD = /^(thumbnail|poster|cover)(_?(image|url))*$/i;
/** How deep a provider's answer is searched for one. */
const MAX_DEPTH = 5;

/** Stores the poster. `undefined`: there is none. @throws if a further attempt may help, or `signal` aborts. */
export async function storePoster(
  env: Env,
  { file }: VideoArchive,
  outcome: VideoResult | undefined,
  key: string,
  signal: AbortSignal,
): Promise<StoredFile | undefined> {
  let failure: unknown;
  const frame = await frameOf(env, file).catch((error: unknown) => void (failure = error));
  const bytes = frame ?? (await thumbnailOf(env, outcome, signal));
  signal.throwIfAborted();
  if (!bytes && failure !== undefined) throw failure;
  if (!bytes || !JPEG.every((byte, at) => bytes[at] === byte)) return undefined;
  await env.VIDEO_BUCKET.put(key, bytes, { httpMetadata: { contentType: TYPE } });
  return { key, bytes: bytes.length, type: TYPE };
}

/** The first frame. `undefined`: the binding is absent, or the file too long for it. */
async function frameOf(env: Env, file: StoredFile | undefined): Promise<Uint8Array | undefined> {
  if (!env.MEDIA || !file || file.bytes > MAX_MEDIA_INPUT_BYTES) return undefined;
  const video = await env.VIDEO_BUCKET.get(file.key);
  if (!video) return undefined;
  const frame = env.MEDIA.input(video.body)
    .transform({ width: WIDTH_PX, fit: "scale-down" })
    .output({ mode: "frame", time: "0s", format: "jpg" });
  return bytesOf(await frame.media());
}

/** The only thumbnail that the provider's answer has: of several it is not said which is of which video. */
async function thumbnailOf(
  env: Env,
  outcome: VideoResult | undefined,
  signal: AbortSignal,
): Promise<Uint8Array | undefined> {
  const urls = new Set(thumbnailUrls(outcome?.raw, MAX_DEPTH));
  const [url] = urls;
  if (url === undefined || urls.size > 1 || outcome?.videos.length !== 1) return undefined;
  const limit = AbortSignal.any([signal, AbortSignal.timeout(FETCH_TIMEOUT_MS)]);
  const response = await publicFetch(env)(url, { signal: limit });
  if (response.ok && response.body) return bytesOf(response.body);
  await response.body?.cancel();
  throw new Error(`The thumbnail's host returned HTTP ${response.status}.`);
}

function thumbnailUrls(value: unknown, depth: number): string[] {
  if (typeof value !== "object" || value === null || depth === 0) return [];
  return Object.entries(value).flatMap(([name, inner]: [string, unknown]) =>
    typeof inner === "string" && THUMBNAIL_FIELD.test(name) && /^https?:/.test(inner)
      ? [inner]
      : thumbnailUrls(inner, depth - 1),
  );
}

/** All bytes of a stream. @throws if there are too many. */
async function bytesOf(stream: ReadableStream<Uint8Array>): Promise<Uint8Array> {
  const chunks: Uint8Array[] = [];
  let length = 0;
  for await (const chunk of stream) {
    chunks.push(chunk);
    length += chunk.length;
    // Leaving the loop cancels the stream.
    if (length > MAX_POSTER_BYTES) throw new Error("The poster is too long.");
  }
  return new Uint8Array(await new Blob(chunks).arrayBuffer());
}
