// Images that a request has as bytes, uploaded where a listing requires a URL.
import type { Connection } from "../driver/connection.js";
import { FilmgateError } from "../error.js";
import { linkedController } from "../util/abort.js";
import { fromBase64 } from "../util/encoding.js";
import { mapImages } from "../util/images.js";
import { OutsideText } from "../util/outside-text.js";
import { randomUUID } from "../util/uuid.js";
import { within } from "../util/within.js";
import type { ErrorCode, FilmgateOptions, VideoRequest } from "../types/index.js";
import { jsonOf, requestOnce, runwareErrors } from "./request-once.js";

/** Stands for the URL of an image that is not uploaded yet. */
const PLACEHOLDER = "https://upload.example/image";
/** The upload speed of a slow connection. */
const SLOW_BYTES_PER_MS = 50;
const DATA_URI = /^data:(image\/[^;,]+);base64,/;

const isData = (image: unknown): image is string => typeof image === "string" && DATA_URI.test(image);
const isOutsideData = (image: unknown): boolean => image instanceof OutsideText && DATA_URI.test(image.head);

/** The request with a URL in place of each image as bytes; undefined if there are none. */
export function withPlaceholders(request: VideoRequest): VideoRequest | undefined {
  let found = false;
  const hosted = mapImages(request, (image) => {
    const isImage = isData(image) || isOutsideData(image);
    found ||= isImage;
    return isImage ? PLACEHOLDER : image;
  });
  return found ? hosted : undefined;
}

export interface UploadDeps {
  upload: NonNullable<FilmgateOptions["upload"]>;
  /** The connection to Runware. */
  runware: () => Connection;
  /** Time limit of one request, in milliseconds. */
  limitMs: number;
  /** Time limit of all uploads together, in milliseconds. */
  timeoutMs: number;
}

/** Uploads each image once, and returns the request with their URLs. Nothing was submitted before. */
export async function uploadImages(
  request: VideoRequest,
  deps: UploadDeps,
  signal?: AbortSignal,
): Promise<VideoRequest> {
  const images = new Set<string>();
  mapImages(request, (image) => {
    if (isData(image)) images.add(image);
    return image;
  });
  const urls = new Map<unknown, string>();
  const { controller, unlisten } = linkedController(signal);
  const uploadAll = async () => {
    for (const image of images) urls.set(image, await uploadImage(image, deps, controller.signal));
  };
  const late = () => uploadError("connection_error", "The upload of an image did not end before the timeout.");
  try {
    await within(uploadAll(), deps.timeoutMs, late, signal);
  } catch (error) {
    // No further image is uploaded.
    controller.abort(error);
    throw error;
  } finally {
    unlisten();
  }
  return mapImages(request, (image) => urls.get(image) ?? image);
}

async function uploadImage(image: string, deps: UploadDeps, signal: AbortSignal): Promise<string> {
  signal.throwIfAborted();
  const { upload, limitMs } = deps;
  if (upload === "runware") return storeAtRunware(image, deps.runware(), limitMs, signal);
  const [head, contentType = ""] = DATA_URI.exec(image) ?? [""];
  let text: string;
  try {
    text = String(await upload(fromBase64(image.slice(head.length)), { contentType, signal }));
  } catch (cause) {
    signal.throwIfAborted();
    throw uploadError("connection_error", "`upload` failed: see `cause`.", cause);
  }
  signal.throwIfAborted();
  if (/^https?:/i.test(text)) return text;
  throw uploadError("invalid_request", "`upload` must return the http(s) URL of the image.");
}

/** Runware's `mediaStorage` (https://runware.ai/docs/platform/media-storage). It names no price. */
async function storeAtRunware(
  media: string,
  connection: Connection,
  limitMs: number,
  signal: AbortSignal,
): Promise<string> {
  if (!connection.ready) {
    throw uploadError("missing_api_key", "`upload: \"runware\"` needs an API key: set `runware.apiKey`.");
  }
  const body = [{ taskType: "mediaStorage", taskUUID: randomUUID(), operation: "upload", media }];
  const request = { path: "", limitMs: limitMs + media.length / SLOW_BYTES_PER_MS, body };
  const { result, thrown } = await requestOnce(connection, request, signal);
  signal.throwIfAborted();
  const json = jsonOf(result);
  const { data } = Object(json) as { data?: unknown };
  const [row] = [data].flat();
  const { mediaURL } = Object(row) as { mediaURL?: unknown };
  if (typeof mediaURL === "string") return mediaURL;
  if (result.type === "failed") {
    throw uploadError("connection_error", "Runware did not respond to the upload of an image.", thrown);
  }
  const [code] = runwareErrors(json).map((error) => error.code);
  const detail = typeof code === "string" && /^\w{1,60}$/.test(code) ? `, ${code}` : "";
  throw uploadError(codeOf(result.status), `Runware did not store an image (HTTP ${result.status}${detail}).`);
}

function codeOf(status: number): ErrorCode {
  if (status === 401 || status === 403) return "unauthorized";
  if (status === 402) return "insufficient_quota";
  if (status === 429) return "rate_limited";
  return status >= 500 ? "connection_error" : "bad_request";
}

function uploadError(code: ErrorCode, message: string, cause?: unknown): FilmgateError {
  return new FilmgateError({ code, message: `${message} Nothing was submitted.`, cause });
}
