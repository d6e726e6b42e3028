import { inlineImage, isBinary, mapImages } from "../util/images.js";
import type { BlobBytes } from "../util/images.js";
import type { SubmitOptions, VideoRequest } from "../types/index.js";

/** A placeholder for the URL under which the gateway serves an image to the provider. The gateway leaves fixes with it out. */
export const HOSTED_IMAGE = "https://filmgate.example/image";
/** A data URI; or bare Base64, which is longer than any id and has no colon. */
const IMAGE_DATA = /^(data:image\/[^,]+;base64,.|[\w+/]{65,}={0,2}$)/;

/**
 * The body of a create request: OpenAI's fields, and the package's in `filmgate`. Without OpenAI's defaults: the caller
 * always sets what costs money.
 */
export function bodyOf(request: VideoRequest, options: SubmitOptions, blobs: BlobBytes): string {
  const { model, prompt, ...fields } = mapImages(request, (image) => inlineImage(image, blobs));
  const { provider, maxCostUsd, allowUnknownCost } = options;
  const filmgate = { ...fields, provider, maxCostUsd, allowUnknownCost, applyOpenAIDefaults: false };
  return JSON.stringify({ model, prompt, filmgate });
}

/** The request as a provider receives it: the gateway hosts images and sends their URLs. `hosted`: what stands for an image. */
export function withHostedImages<T>(request: T, hosted: (image: unknown) => unknown = () => HOSTED_IMAGE): T {
  return mapImages(request, (image) =>
    isBinary(image) || (typeof image === "string" && IMAGE_DATA.test(image)) ? hosted(image) : image,
  );
}
