// Which videos are to be kept here before the provider's URL ends.
import type { LibraryJob, LibraryVideo } from "./types.js";

/**
 * Where a video is. `kept`: here. `gateway`: at the gateway, until it is deleted there. `provider`: at the provider, until
 * `expiresAt`, if that is known. `expired`: nowhere any more, as far as the provider's documents say.
 */
export type VideoPlace =
  | { place: "kept" }
  | { place: "gateway" }
  | { place: "provider"; expiresAt?: number }
  | { place: "expired" };

export function placeOf(
  { handle, videos }: Pick<LibraryJob, "handle" | "videos">,
  index: number,
  isKept: boolean,
  now: number = Date.now(),
): VideoPlace {
  if (isKept) return { place: "kept" };
  if (handle.gateway !== undefined) return { place: "gateway" };
  const expiresAt = videos[index]?.expiresAt;
  if (expiresAt === undefined) return { place: "provider" };
  return expiresAt <= now ? { place: "expired" } : { place: "provider", expiresAt };
}

/** A video to keep. */
export interface DueVideo {
  job: LibraryJob;
  index: number;
  video: LibraryVideo;
}

/**
 * The videos to keep, the ones that end first at the front. A video whose end is not documented may end at any time, so it
 * comes before those that last longer than an hour.
 */
export function dueVideos(
  jobs: readonly LibraryJob[],
  isKept: (id: string, index: number) => boolean,
  now: number = Date.now(),
): DueVideo[] {
  return jobs
    .filter(({ state, deletedAt }) => state === "completed" && deletedAt === undefined)
    .flatMap((job) => job.videos.map((video, index) => ({ job, index, video })))
    .filter(({ job, index }) => placeOf(job, index, isKept(job.id, index), now).place === "provider")
    .sort((a, b) => endOf(a, now) - endOf(b, now));
}

const UNDOCUMENTED_MS = 3_600_000;

const endOf = ({ video }: DueVideo, now: number): number => video.expiresAt ?? now + UNDOCUMENTED_MS;
