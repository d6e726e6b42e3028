import { inlineImages, isBinary, mapImages } from "../util/images.js";
import type { BlobBytes } from "../util/images.js";
import { OutsideText } from "../util/outside-text.js";
import type { SubmitOptions, VideoRequest } from "../types/index.js";

/** A placeholder for the URL under which the gateway serves an image to the provider. */
const HOSTED_IMAGE = "https://gateway.example/image/";
/** A data URI; or bare Base64, which is longer than any id and has no colon. */
const IMAGE_DATA = /^(data:image\/[^,]+;base64,.|[\w+/]{65,}={0,2}$)/;

/**
 * The body of a create request: OpenAI's fields, and the package's in `filmgate`. Without OpenAI's defaults: the caller
 * always sets what costs money.
 */
export function bodyOf(request: VideoRequest, options: SubmitOptions, blobs: BlobBytes): string {
  const { model, prompt, ...fields } = inlineImages(request, blobs);
  const { provider, maxCostUsd, allowUnknownCost } = options;
  const filmgate = { ...fields, provider, maxCostUsd, allowUnknownCost, applyOpenAIDefaults: false };
  return JSON.stringify({ model, prompt, filmgate });
}

/**
 * The request as a provider receives it: the gateway hosts images and sends their URLs. A result has the caller's image in
 * place of its URL.
 */
export function withHostedImages<T>(request: T): T {
  let count = 0;
  return mapImages(request, (image) => {
    if (!isBinary(image) && !(typeof image === "string" && IMAGE_DATA.test(image))) return image;
    const url = `${HOSTED_IMAGE}${(count += 1)}`;
    return new OutsideText(url, url.length, () => inlineImages({ image }).image);
  });
}

/** A gateway's answer about a request of `withHostedImages`, with the caller's images in place of their URLs. */
export function withOwnImages<T>(answer: T, request: unknown): T {
  const images = new Map<unknown, () => unknown>();
  mapImages(request, (image) => {
    if (image instanceof OutsideText) images.set(image.head, image.whole);
    return image;
  });
  const restored = (value: unknown): unknown => {
    if (typeof value !== "object" || value === null) return images.get(value)?.() ?? value;
    if (Array.isArray(value)) return value.map(restored);
    return Object.fromEntries(Object.entries(value).map(([name, field]) => [name, restored(field)]));
  };
  return images.size > 0 ? (restored(answer) as T) : answer;
}
