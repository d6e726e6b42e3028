// Brings a finished video into R2.
import { createFilmgate } from "filmgate";
import type { Video } from "filmgate";
import type { Env } from "../env.js";
import { publicFetch } from "../public-fetch.js";
import { R2Sink } from "./r2-sink.js";
import type { Kept } from "./state.js";

/** Within the 15 minutes that the engine gives one run of an alarm. */
const TRY_MS = 10 * 60_000;
/** Seconds to wait after the first failed try, the second, …; the last of them again and again. */
const WAITS = [2, 10, 30, 60, 120, 300, 600, 1_800, 3_600, 21_600];

/** A file that seems to end in its middle is fetched so often; then it is kept as it is, before it is gone. */
const STRICT_TRIES = 4;

const EXTENSIONS: Record<string, string> = {
  "video/mp4": "mp4",
  "video/webm": "webm",
  "video/quicktime": "mov",
};
/** What a host says of a file is shown on: anything but a video would be a page of the gateway's. */
const UNKNOWN_TYPE = "video/mp4";

/** What hosts send in a video's place, and call a success: a page that says why, or that asks to wait. */
const PAGES = /^(text\/(html|xml)|application\/(json|xml|xhtml\+xml))$/;

/** Milliseconds. */
export const waitAfterTry = (tries: number): number =>
  1_000 * (WAITS[Math.min(tries, WAITS.length) - 1] ?? 0);

/** The file, whole and of the length that its host told, after so many tries. Throws where it did not come to that. */
export async function keepVideo(
  env: Env,
  video: Video,
  place: string,
  tries: number,
  signal: AbortSignal,
): Promise<NonNullable<Kept["file"]>> {
  let type = UNKNOWN_TYPE;
  const fetchPublic = publicFetch(env);
  const film = createFilmgate({
    fetch: async (input, init) => {
      const answer = await fetchPublic(input, init);
      const told = mediaType(answer.headers.get("content-type"));
      if (answer.ok && PAGES.test(told)) {
        await answer.body?.cancel();
        throw new Error("The video's host sent a page.");
      }
      type = told in EXTENSIONS ? told : UNKNOWN_TYPE;
      return answer;
    },
  });
  const target = () => ({ key: `${place}.${EXTENSIONS[type]}`, type });
  const sink = new R2Sink(env.VIDEO_BUCKET, target, tries >= STRICT_TRIES);
  const { bytes } = await film.download(video, sink, {
    signal: AbortSignal.any([signal, AbortSignal.timeout(TRY_MS)]),
  });
  const { file } = sink;
  if (file?.size !== bytes) {
    if (file) await env.VIDEO_BUCKET.delete(file.key);
    throw new Error(`R2 has ${file?.size} of ${bytes} bytes.`);
  }
  return { key: file.key, bytes, type };
}

const mediaType = (told: string | null): string =>
  told?.split(";", 1)[0]?.trim().toLowerCase() ?? "";

/** Deletes all files below a place; a job has few. */
export async function dropAll(files: R2Bucket, prefix: string): Promise<void> {
  const { objects } = await files.list({ prefix });
  if (objects.length > 0) await files.delete(objects.map(({ key }) => key));
}
