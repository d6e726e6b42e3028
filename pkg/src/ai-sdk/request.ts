// From the AI SDK's call options to a request of ours.
import { FilmgateError } from "../error.js";
import type { Issue, ImageInput, VideoRequest } from "../types/index.js";
import { FilmgateCallError } from "./call-error.js";
import { wishesOf } from "./options.js";
import type { FilmgateVideoOptions, SubmitDefaults } from "./options.js";
import type { CallFile, CallOptions, Warning } from "./spec.js";

/** What a call comes to: a request, the wishes that go with it, and what could not be passed on. */
export interface Order {
  request: VideoRequest;
  wishes: SubmitDefaults;
  warnings: Warning[];
}

const WISHES = ["provider", "maxCostUsd", "allowUnknownCost", "timeoutMs"] as const;
/** Headers that say something to us, or that the AI SDK itself adds. */
const HEARD_HEADERS = new Set(["idempotency-key", "user-agent"]);
const VIDEO_FILE = /\.(mp4|webm|mov|m4v|mkv)$/i;
const AUDIO_FILE = /\.(mp3|wav|m4a|aac|ogg|flac)$/i;

export function orderOf(model: string, options: CallOptions): Order {
  const { resolution, generateAudio, aspectRatio, prompt, n, duration, fps, seed } = options;
  const own = (options.providerOptions?.filmgate ?? {}) as FilmgateVideoOptions;
  const isWish = (name: string) => (WISHES as readonly string[]).includes(name);
  const fields = Object.entries(own).filter(([name]) => !isWish(name));
  const request = {
    prompt,
    duration,
    fps,
    seed,
    // "1280x720" is a size to us; a resolution is a tier, such as "720p".
    size: resolution,
    aspectRatio: aspectRatio === "adaptive" ? undefined : aspectRatio,
    generateAudio: generateAudio,
    ...pictures(options),
    ...references(options),
    ...Object.fromEntries(fields),
    model,
    n,
  };
  return {
    request: withoutNothing(request) as VideoRequest,
    wishes: wishesOf(own as SubmitDefaults),
    warnings: unheard(options),
  };
}

/** The idempotency key that the call carries: `ai` 7 gives each start one. */
export function idempotencyKey({ headers = {} }: CallOptions): string | undefined {
  const all = Object.entries(headers);
  return all.find(([name, value]) => name.toLowerCase() === "idempotency-key" && value)?.[1];
}

function pictures({ image, frameImages = [] }: CallOptions): Partial<VideoRequest> {
  const frame = (type: string) => frameImages.find(({ frameType }) => frameType === type)?.image;
  const [first, last] = [frame("first_frame") ?? image, frame("last_frame")];
  return {
    ...(first && { image: picture(first) }),
    ...(last && { lastFrameImage: picture(last) }),
  };
}

/** Each reference in the place of its kind. */
function references({ inputReferences = [] }: CallOptions): Partial<VideoRequest> {
  const of = (wanted: Kind) => inputReferences.filter((file) => kindOf(file) === wanted);
  const [images, videos, sounds] = [of("image"), of("video"), of("audio")];
  if (sounds.length > 1) throw refused("inputReferences", "At most one of them may be sound.");
  return {
    ...(images.length > 0 && { referenceImages: images.map(picture) }),
    ...(videos.length > 0 && { referenceVideos: videos.map(address) }),
    ...(sounds[0] && { audio: address(sounds[0]) }),
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

function picture(file: CallFile): ImageInput {
  if (file.type === "url") return file.url;
  return typeof file.data === "string" ? `data:${file.mediaType};base64,${file.data}` : file.data;
}

function address(file: CallFile): string {
  if (file.type === "url") return file.url;
  throw refused("inputReferences", "Videos and sound are given by their address, not as bytes.");
}

/** A refusal of what cannot be passed on and would change the film: nothing is paid for another one. */
function refused(path: string, message: string): FilmgateError {
  const issue: Issue = { severity: "error", path, code: "unsupported", message };
  const error = new FilmgateError({ code: "invalid_request", message, issues: [issue] });
  return new FilmgateCallError(error, false, []);
}

/** What cannot be passed on, and leaves the film as it is. */
function unheard({ aspectRatio, headers = {} }: CallOptions): Warning[] {
  const warnings: Warning[] = [];
  if (aspectRatio === "adaptive") {
    const details = "Without an aspect ratio, the listing decides.";
    warnings.push({ type: "unsupported", feature: "aspectRatio: adaptive", details });
  }
  const strange = Object.keys(headers).filter((name) => !HEARD_HEADERS.has(name.toLowerCase()));
  if (strange.length > 0) {
    const details = "Give them to `createFilmgateProvider`, for the provider that they are for.";
    warnings.push({ type: "unsupported", feature: "headers", details });
  }
  return warnings;
}

function withoutNothing(request: object): object {
  return Object.fromEntries(Object.entries(request).filter(([, value]) => value !== undefined));
}
