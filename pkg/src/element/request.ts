// The request in the attributes of an element.
import type { SubmitOptions, VideoRequest } from "../types/index.js";

const TEXTS: Record<string, string> = {
  prompt: "prompt",
  model: "model",
  resolution: "resolution",
  "aspect-ratio": "aspectRatio",
  size: "size",
  image: "image",
};
const NUMBERS: Record<string, string> = { duration: "duration", seed: "seed" };

/** Attributes that change the price. */
export const REQUEST_ATTRIBUTES = [...Object.keys(TEXTS), ...Object.keys(NUMBERS)];

/** An attribute that is not a number stays a text, so that validation names it. */
export function requestOf(element: HTMLElement): VideoRequest {
  const request: Record<string, unknown> = {};
  for (const name of REQUEST_ATTRIBUTES) {
    const text = element.getAttribute(name);
    if (text === null) continue;
    if (TEXTS[name]) request[TEXTS[name]] = text;
    else request[NUMBERS[name]!] = numberOf(text);
  }
  return request as VideoRequest;
}

export function optionsOf(element: HTMLElement): SubmitOptions {
  const [provider, maxCostUsd] = [element.getAttribute("provider"), element.getAttribute("max-cost-usd")];
  return {
    ...(provider !== null && { provider: provider as "cheapest" }),
    ...(maxCostUsd !== null && { maxCostUsd: numberOf(maxCostUsd) as number }),
  };
}

const numberOf = (text: string): unknown => (/^\d+(\.\d+)?$/.test(text.trim()) ? Number(text) : text);
