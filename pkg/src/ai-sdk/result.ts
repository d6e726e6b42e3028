// Converts results to those of the AI SDK.
import { FilmgateError } from "../error.js";
import type {
  Charge,
  VideoError,
  Handle,
  Issue,
  JobStatus,
  VideoResult,
  Status,
  Video,
} from "../types/index.js";
import { toMicroUsd, toUsd } from "../util/micro-usd.js";
import { videoType } from "../util/video-type.js";
import { toJson } from "./operation.js";
import type { JsonObject, ProviderMetadata, ResponseMetadata, VideoData, Warning } from "./spec.js";

/** `providerMetadata.filmgate`. */
export interface FilmgateMetadata {
  /** Status of the jobs; of several, that of the slowest. */
  status: Status;
  /** Handle of the job; of several, that of the first. */
  handle: Handle;
  /** Handles of all jobs of the call. */
  handles: Handle[];
  /** Actual cost of all videos in US dollars, as far as the providers report it. */
  costUsd?: number;
  /** From 0 to 1, if the provider reports it. */
  progress?: number;
  /** Expected time to the end, in milliseconds. */
  etaMs?: number;
  /** Metadata of the videos, in the order of the result. */
  videos?: Omit<Video, "data">[];
  /** The videos that failed, while others succeeded. */
  errors?: FailedVideo[];
}

/** A video that failed. If it had a job of its own, with its handle. */
export interface FailedVideo extends VideoError {
  /** Whether something was billed. */
  charge?: Charge;
  /** Handle of the job. */
  handle?: Handle;
}

export const response = (modelId: string): ResponseMetadata => ({
  timestamp: new Date(),
  modelId,
  headers: undefined,
});

export function metadata(fields: FilmgateMetadata): ProviderMetadata {
  return { filmgate: toJson(fields) as JsonObject };
}

/** The videos of all successful jobs, their warnings, and a warning for each video that failed. */
export function generateResult(modelId: string, results: VideoResult[], failed: FailedVideo[]) {
  const videos = results.flatMap((result) => result.videos);
  const errors = [...results.flatMap((result) => result.errors), ...failed];
  const handles = results.map(({ handle }) => handle);
  const costUsd = sum(results.map((result) => result.costUsd));
  return {
    videos: videos.flatMap(videoData),
    warnings: [...warningsOf(results.flatMap((result) => result.warnings)), ...errors.map(failureWarning)],
    providerMetadata: metadata({
      status: "completed",
      progress: 1,
      etaMs: 0,
      handle: handles[0]!,
      handles,
      ...(costUsd !== undefined && { costUsd }),
      videos: videos.map(({ data, ...fields }) => fields),
      ...(errors.length > 0 && { errors }),
    }),
    response: response(modelId),
  };
}

/** The progress of a call: that of its slowest job. */
export function pendingStatus(modelId: string, jobs: JobStatus[]) {
  const open = jobs.filter(({ outcome, error }) => !outcome && !error);
  const slowest = open.reduce((a, b) => ((b.progress ?? 0) < (a.progress ?? 0) ? b : a));
  const { status, progress, etaMs } = slowest;
  const handles = jobs.map(({ handle }) => handle);
  return {
    status: "pending" as const,
    providerMetadata: metadata({
      status,
      handle: handles[0]!,
      handles,
      ...(progress !== undefined && { progress }),
      ...(etaMs !== undefined && { etaMs }),
    }),
    response: response(modelId),
  };
}

/** The failure of a job without a video. */
export function failedVideo(reason: unknown): FailedVideo {
  if (!(reason instanceof FilmgateError)) return { code: "internal_error", message: String(reason) };
  const { code, message, charge, handle } = reason;
  return { code, message, charge, ...(handle && { handle }) };
}

/** A warning about a video that failed, while others succeeded. */
export function failureWarning({ code, message }: VideoError): Warning {
  return { type: "other", message: `A video failed (${code}): ${message}` };
}

/** The warnings of all jobs, each once. */
export function warningsOf(issues: Issue[]): Warning[] {
  const unique = new Map(issues.map((issue) => [`${issue.path} ${issue.message}`, issue]));
  return [...unique.values()].map(({ path, code, message }) => {
    const isUnsupported = code === "ignored" && path !== "";
    return isUnsupported
      ? { type: "unsupported", feature: path, details: message }
      : { type: "other", message };
  });
}

function videoData(video: Video): VideoData[] {
  const { url, data } = video;
  const mediaType = videoType(video);
  if (url !== undefined) return [{ type: "url", url, mediaType }];
  if (data === undefined) return [];
  return [{ type: "base64", data: data.replace(/^data:[^,]*,/, ""), mediaType }];
}

/** The sum in US dollars, added in micro-dollars. Undefined if no part is known. */
function sum(parts: (number | undefined)[]): number | undefined {
  const known = parts.filter((part) => part !== undefined);
  const micro = known.reduce((total, part) => total + toMicroUsd(part), 0);
  return known.length > 0 ? toUsd(micro) : undefined;
}
