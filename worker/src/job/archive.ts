// Archives a finished video in R2.
import { createFilmgate } from "filmgate/gateway-server";
import type { Video } from "filmgate";
import type { Env } from "../env.js";
import { publicFetch } from "../public-fetch.js";
import { R2Sink } from "./r2-sink.js";
import type { VideoArchive } from "./state.js";

/** Within the 15 minutes that the engine allows one run of an alarm. */
const TRY_TIMEOUT_MS = 10 * 60_000;
/** Seconds to wait after each failed attempt; the last one repeats. */
const WAITS_SECONDS = [2, 10, 30, 60, 120, 300, 600, 1_800, 3_600, 21_600];

/** How often a file that seems truncated is fetched again; then it is archived as it is, before it is gone. */
const STRICT_TRIES = 4;

const EXTENSIONS: Record<string, string> = {
  "video/mp4": "mp4",
  "video/webm": "webm",
  "video/quicktime": "mov",
};
/** For any other type of the host: a type that is not a video's could make the file a page of the gateway. */
const FALLBACK_TYPE = "video/mp4";

/** What hosts send in place of a video with status 200: a page with an error, or one that asks to wait. */
const PAGES = /^(text\/(html|xml)|application\/(json|xml|xhtml\+xml))$/;

/** The wait after that many failed attempts, in milliseconds. */
export const archiveRetryMs = (tries: number): number =>
  1_000 * (WAITS_SECONDS[Math.min(tries, WAITS_SECONDS.length) - 1] ?? 0);

/** Archives the whole file under `key`, plus its extension. @throws if it is incomplete or not a video. */
export async function archiveVideo(
  env: Env,
  video: Video,
  key: string,
  tries: number,
  signal: AbortSignal,
): Promise<NonNullable<VideoArchive["file"]>> {
  let type = FALLBACK_TYPE;
  const fetchPublic = publicFetch(env);
  const client = createFilmgate({
    fetch: async (input, init) => {
      const response = await fetchPublic(input, init);
      const declared = mediaType(response.headers.get("content-type"));
      if (response.ok && PAGES.test(declared)) {
        await response.body?.cancel();
        throw new Error("The video's host sent a page.");
      }
      type = declared in EXTENSIONS ? declared : FALLBACK_TYPE;
      return response;
    },
  });
  const target = () => ({ key: `${key}.${EXTENSIONS[type]}`, type });
  const sink = new R2Sink(env.VIDEO_BUCKET, target, { allowTruncated: tries >= STRICT_TRIES });
  const { bytes } = await client.download(video, sink, {
    signal: AbortSignal.any([signal, AbortSignal.timeout(TRY_TIMEOUT_MS)]),
  });
  const { file } = sink;
  if (file?.size !== bytes) {
    if (file) await env.VIDEO_BUCKET.delete(file.key);
    throw new Error(`R2 has ${file?.size} of ${bytes} bytes.`);
  }
  return { key: file.key, bytes, type };
}

const mediaType = (header: string | null): string =>
  header?.split(";", 1)[0]?.trim().toLowerCase() ?? "";

/** Deletes all files under a prefix; a job has few. */
export async function deleteAll(bucket: R2Bucket, prefix: string): Promise<void> {
  const { objects } = await bucket.list({ prefix });
  if (objects.length > 0) await bucket.delete(objects.map(({ key }) => key));
}
