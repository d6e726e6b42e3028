import { inlineImages, mapImages } from "../util/images.js";
import type { SubmitOptions, VideoRequest } from "../types/index.js";

/** Stands for the address that the gateway gives a provider in place of a picture's data. */
const KEPT_PICTURE = "https://films.example/picture";
/** A data URI; or bare Base64, which is longer than any id and without an address's colon. */
const PICTURE_DATA = /^(data:image\/[^,]+;base64,.|[\w+/]{65,}={0,2}$)/;

/**
 * The order as the gateway takes it: OpenAI's own fields, and ours beside them. It puts no default into it, for
 * here what costs money is always the caller's to say.
 */
export function bodyOf(request: VideoRequest, options: SubmitOptions): string {
  const { model, prompt, ...fields } = inlineImages(request);
  const { provider, maxCostUsd, allowUnknownCost } = options;
  const filmgate = { ...fields, provider, maxCostUsd, allowUnknownCost, defaults: false };
  return JSON.stringify({ model, prompt, filmgate });
}

/** The request as a provider will see it: the gateway keeps pictures, and gives their addresses. */
export function asKept<T>(request: T): T {
  return mapImages(request, (picture) =>
    picture instanceof Uint8Array || (typeof picture === "string" && PICTURE_DATA.test(picture))
      ? KEPT_PICTURE
      : picture,
  );
}
