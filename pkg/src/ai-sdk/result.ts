// From outcomes of ours to what the AI SDK hands on.
import { FilmgateError } from "../error.js";
import type {
  Charge,
  VideoError,
  Handle,
  JobStatus,
  VideoResult,
  Quote,
  Status,
  Video,
} from "../types/index.js";
import { plain } from "./operation.js";
import type { JsonObject, ProviderMetadata, ResponseFacts, VideoData, Warning } from "./spec.js";

/** `providerMetadata.filmgate`. */
export interface FilmgateMetadata {
  /** Where the jobs stand; of several, the one that is behind. */
  status: Status;
  /** What finds the job again; of several, the first one's. */
  handle: Handle;
  /** All of the call's jobs. */
  handles: Handle[];
  /** The actual cost of all videos, as far as the providers report it. */
  costUsd?: number;
  /** From 0 to 1, where the provider tells. */
  progress?: number;
  /** Expected time to the end, in milliseconds. */
  etaMs?: number;
  /** In the order of the result's videos. */
  videos?: Omit<Video, "data">[];
  /** The videos that were not made, while others were. */
  errors?: FailedVideo[];
}

/** A video that was not made; where it had a job of its own, with what finds that. */
export interface FailedVideo extends VideoError {
  /** Whether money went. */
  charge?: Charge;
  /** What finds the job. */
  handle?: Handle;
}

export const response = (modelId: string): ResponseFacts => ({
  timestamp: new Date(),
  modelId,
  headers: undefined,
});

export function metadata(told: FilmgateMetadata): ProviderMetadata {
  return { filmgate: plain(told) as JsonObject };
}

/** The videos of all jobs that made some, and a warning for each that was not made. */
export function generated(modelId: string, outcomes: VideoResult[], failed: FailedVideo[]) {
  const videos = outcomes.flatMap((outcome) => outcome.videos);
  const failures = [...outcomes.flatMap((outcome) => outcome.errors), ...failed];
  const handles = outcomes.map(({ handle }) => handle);
  const costUsd = sum(outcomes.map((outcome) => outcome.costUsd));
  return {
    videos: videos.flatMap(videoData),
    warnings: failures.map(missing),
    providerMetadata: metadata({
      status: "completed",
      progress: 1,
      etaMs: 0,
      handle: handles[0]!,
      handles,
      ...(costUsd !== undefined && { costUsd }),
      videos: videos.map(({ data, ...facts }) => facts),
      ...(failures.length > 0 && { errors: failures }),
    }),
    response: response(modelId),
  };
}

/** How far all of a call's jobs have come: as far as the one that is behind. */
export function pending(modelId: string, jobs: JobStatus[]) {
  const open = jobs.filter(({ outcome, error }) => !outcome && !error);
  const behind = open.reduce((a, b) => ((b.progress ?? 0) < (a.progress ?? 0) ? b : a));
  const { status, progress, etaMs } = behind;
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

/** What became of a job that made no video. */
export function failedVideo(reason: unknown): FailedVideo {
  if (!(reason instanceof FilmgateError)) return { code: "internal_error", message: String(reason) };
  const { code, message, charge, handle } = reason;
  return { code, message, charge, ...(handle && { handle }) };
}

/** A video that was not made, while others were. */
export function missing({ code, message }: VideoError): Warning {
  return { type: "other", message: `A video was not made (${code}): ${message}` };
}

/** What the listing that is asked first has to say, which the caller may ignore. */
export function warningsOf(quote: Quote | undefined): Warning[] {
  const warnings = quote?.available ? quote.warnings : [];
  return warnings.map(({ path, code, message }) => {
    const isUnsupported = code === "ignored" && path !== "";
    return isUnsupported
      ? { type: "unsupported", feature: path, details: message }
      : { type: "other", message };
  });
}

const TYPES: Record<string, string> = { webm: "video/webm", mov: "video/quicktime" };

function videoData({ url, data }: Video): VideoData[] {
  if (url !== undefined) {
    const extension = /\.(\w+)$/.exec(url.split(/[?#]/)[0]!)?.[1]?.toLowerCase() ?? "";
    return [{ type: "url", url, mediaType: TYPES[extension] ?? "video/mp4" }];
  }
  if (data === undefined) return [];
  const [, mediaType = "video/mp4"] = /^data:([^;,]+)/.exec(data) ?? [];
  return [{ type: "base64", data: data.replace(/^data:[^,]*,/, ""), mediaType }];
}

/** Dollars are added as whole micro-dollars; unknown where no part is known. */
function sum(parts: (number | undefined)[]): number | undefined {
  const known = parts.filter((part) => part !== undefined);
  const micro = known.reduce((total, part) => total + Math.round(part * 1e6), 0);
  return known.length > 0 ? micro / 1e6 : undefined;
}
