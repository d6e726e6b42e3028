// Converts the AI SDK's call options to a request.
import { FilmgateError } from "../error.js";
import type { Issue, ImageInput, VideoRequest } from "../types/index.js";
import { FilmgateCallError } from "./call-error.js";
import { submitOptionsOf } from "./options.js";
import type { FilmgateVideoOptions, SubmitDefaults } from "./options.js";
import type { CallFile, CallOptions, Warning } from "./spec.js";

/** A converted call: the request, its submit options, and warnings about unsupported options. */
export interface ConvertedCall {
  request: VideoRequest;
  options: SubmitDefaults;
  warnings: Warning[];
}

const SUBMIT_OPTIONS = ["provider", "maxCostUsd", "allowUnknownCost", "timeoutMs"] as const;
/** Headers that are used here, or that the AI SDK itself adds. */
const SUPPORTED_HEADERS = new Set(["idempotency-key", "user-agent"]);
const PROVIDERS = ["runpod", "runware"];
const VIDEO_FILE = /\.(mp4|webm|mov|m4v|mkv)$/i;
const AUDIO_FILE = /\.(mp3|wav|m4a|aac|ogg|flac)$/i;

export function toRequest(model: string, options: CallOptions): ConvertedCall {
  const { resolution, generateAudio, aspectRatio, prompt, n, duration, fps, seed } = options;
  const own = (options.providerOptions?.filmgate ?? {}) as FilmgateVideoOptions;
  const isSubmitOption = (name: string) => (SUBMIT_OPTIONS as readonly string[]).includes(name);
  const fields = Object.entries(own).filter(([name]) => !isSubmitOption(name));
  const request = {
    prompt,
    duration,
    fps,
    seed,
    // "1280x720" is a `size` here. A `resolution` is a tier, such as "720p".
    size: resolution,
    aspectRatio: aspectRatio === "adaptive" ? undefined : aspectRatio,
    generateAudio,
    ...frames(options),
    ...references(options),
    ...Object.fromEntries(fields),
    model,
    n,
  };
  return {
    request: omitUndefined(request) as VideoRequest,
    options: submitOptionsOf(own as SubmitDefaults),
    warnings: unsupportedWarnings(options),
  };
}

/** The idempotency key of the call. `ai` 7 adds one to each start. */
export function idempotencyKey({ headers = {} }: CallOptions): string | undefined {
  const all = Object.entries(headers);
  return all.find(([name, value]) => name.toLowerCase() === "idempotency-key" && value)?.[1];
}

function frames({ image, frameImages = [] }: CallOptions): Partial<VideoRequest> {
  const frame = (type: string) => frameImages.find(({ frameType }) => frameType === type)?.image;
  const [first, last] = [frame("first_frame") ?? image, frame("last_frame")];
  return {
    ...(first && { image: imageOf(first) }),
    ...(last && { lastFrameImage: imageOf(last) }),
  };
}

/** Each reference in the field of its kind. */
function references({ inputReferences = [] }: CallOptions): Partial<VideoRequest> {
  const of = (wanted: Kind) => inputReferences.filter((file) => kindOf(file) === wanted);
  const [images, videos, audios] = [of("image"), of("video"), of("audio")];
  if (audios.length > 1) throw unsupported("inputReferences", "`inputReferences` may hold at most one audio file.");
  return {
    ...(images.length > 0 && { referenceImages: images.map(imageOf) }),
    ...(videos.length > 0 && { referenceVideos: videos.map(urlOf) }),
    ...(audios[0] && { audio: urlOf(audios[0]) }),
  };
}

type Kind = "image" | "video" | "audio";

function kindOf(file: CallFile): Kind {
  const type = file.mediaType?.split("/")[0];
  if (type === "video" || type === "audio" || type === "image") return type;
  const path = file.type === "url" ? file.url.split(/[?#]/)[0]! : "";
  if (AUDIO_FILE.test(path)) return "audio";
  return VIDEO_FILE.test(path) ? "video" : "image";
}

function imageOf(file: CallFile): ImageInput {
  if (file.type === "url") return file.url;
  return typeof file.data === "string" ? `data:${file.mediaType};base64,${file.data}` : file.data;
}

function urlOf(file: CallFile): string {
  if (file.type === "url") return file.url;
  throw unsupported("inputReferences", "Pass videos and audio as URLs, not as bytes.");
}

/** The error for an option that cannot be passed on and would change the video. */
function unsupported(path: string, message: string): FilmgateError {
  const issue: Issue = { severity: "error", path, code: "unsupported", message };
  const error = new FilmgateError({ code: "invalid_request", message, issues: [issue] });
  return new FilmgateCallError(error, false, []);
}

/** Warnings about options that are not passed on. */
function unsupportedWarnings({ aspectRatio, headers = {}, providerOptions = {} }: CallOptions): Warning[] {
  const warnings: Warning[] = [];
  // The options of the providers' own packages for the AI SDK.
  for (const name of PROVIDERS.filter((name) => Object.keys(providerOptions[name] ?? {}).length > 0)) {
    const details =
      `These are not sent. Put fields of a request into \`providerOptions.filmgate\`, and raw fields into ` +
      `\`providerOptions.filmgate.providerOptions.${name}\`.`;
    warnings.push({ type: "unsupported", feature: `providerOptions.${name}`, details });
  }
  if (aspectRatio === "adaptive") {
    const details = "The listing determines the aspect ratio.";
    warnings.push({ type: "unsupported", feature: "aspectRatio: adaptive", details });
  }
  const others = Object.keys(headers).filter((name) => !SUPPORTED_HEADERS.has(name.toLowerCase()));
  if (others.length > 0) {
    const details = "Set the headers of a provider in `createFilmgateProvider`.";
    warnings.push({ type: "unsupported", feature: "headers", details });
  }
  return warnings;
}

function omitUndefined(request: object): object {
  return Object.fromEntries(Object.entries(request).filter(([, value]) => value !== undefined));
}
