// What all programs share: a request that can be sent, and its parts.
import { createFilmgate } from "filmgate";
import type { ProviderId, VideoRequest } from "filmgate";
import { literal, Source } from "./literal.js";
import type { CodeEnvironment, CodeImage, CodeOptions, CodeRequest } from "./types.js";

const EXAMPLE_PROMPT = "A lighthouse in the rain";
const DEFAULT_MODEL = "wan-2.6";
const DEFAULT_DURATION_S = 5;
/** The gateway of `npm start`, as far as its port is free. */
const LOCAL_GATEWAY = "http://127.0.0.1:4175";
const EXAMPLE_GATEWAY = "https://gateway.example";

/** A request with a prompt, a model and a duration: a program without them would only fail. */
export function codeRequest(
  environment: CodeEnvironment,
  given: VideoRequest,
  options: CodeOptions,
): CodeRequest {
  const images = options.images ?? [];
  const prompted = given.prompt || given.input ? given : { ...given, prompt: EXAMPLE_PROMPT };
  const request = withModel(environment === "gateway" ? forGateway(prompted) : prompted, options);
  const gatewayUrl =
    options.gatewayUrl?.replace(/\/+$/, "") || (environment === "simulated" ? LOCAL_GATEWAY : EXAMPLE_GATEWAY);
  const idempotencyKey = options.idempotencyKey ?? randomUuid();
  return { request, environment, options: { ...options, images, gatewayUrl, idempotencyKey } };
}

/** Also over plain http, where `crypto.randomUUID` is missing. */
function randomUuid(): string {
  if (crypto.randomUUID) return crypto.randomUUID();
  const hex = Array.from(crypto.getRandomValues(new Uint8Array(16)), (byte) => byte.toString(16).padStart(2, "0")).join("");
  return hex.replace(/^(.{8})(.{4}).(.{3}).(.{3})(.{12})$/, "$1-$2-4$3-8$4-$5");
}

/** "Any model" is the cheapest one that supports the request. */
function withModel({ model, ...request }: VideoRequest, options: CodeOptions): VideoRequest {
  if (model) return { model, ...request };
  const timed = { ...request, duration: request.duration ?? DEFAULT_DURATION_S };
  const providers = providersOf(options);
  const quotes = createFilmgate().quote(timed);
  const cheapest = quotes.find(({ available, provider }) => available && providers.includes(provider));
  return { model: cheapest?.model ?? DEFAULT_MODEL, ...timed };
}

/** The providers that may get the request, in order of preference. */
export function providersOf({ provider = "cheapest" }: CodeOptions): ProviderId[] {
  return provider === "cheapest" ? ["runpod", "runware"] : [provider].flat();
}

/** The image itself, in any of the forms that a field of a request may have. */
export function imageOf(given: unknown): unknown {
  const one: unknown = Array.isArray(given) ? given[0] : given;
  return typeof one === "object" && one !== null && "image" in one ? one.image : one;
}

/** The submit options that differ from the defaults. */
export function submitOptions({ provider, maxCostUsd, allowUnknownCost }: CodeOptions): Record<string, unknown> {
  return {
    ...(provider !== undefined && provider !== "cheapest" && { provider }),
    ...(Number.isFinite(maxCostUsd) && { maxCostUsd }),
    ...(allowUnknownCost && { allowUnknownCost }),
  };
}

/** Code that reads an image from a file; `type` is its media type. */
type ReadFile = (name: string, type: string) => string;

const DATA_URI = /^data:(image\/[\w.+-]+)/i;
const DEFAULT_TYPE = "image/png";

/** The value with each image that is not a URL replaced by the code that reads it from a file. */
export function withFiles(value: unknown, images: readonly CodeImage[], read: ReadFile): unknown {
  const file = (type: string, name = `image.${type.split("/")[1]}`) => new Source(read(name, type));
  const map = (inner: unknown): unknown => {
    if (typeof inner === "string") {
      const [, type] = DATA_URI.exec(inner) ?? [];
      const name = images.find(({ uri }) => uri === inner)?.name;
      return type || name ? file(type?.toLowerCase() ?? DEFAULT_TYPE, name) : inner;
    }
    if (typeof inner !== "object" || inner === null || inner instanceof URL || inner instanceof Source) return inner;
    if (inner instanceof Blob) return file(inner.type || DEFAULT_TYPE, "name" in inner ? String(inner.name) : undefined);
    if (inner instanceof ArrayBuffer || ArrayBuffer.isView(inner)) return file(DEFAULT_TYPE);
    if (Array.isArray(inner)) return inner.map(map);
    return Object.fromEntries(Object.entries(inner).map(([name, item]) => [name, map(item)]));
  };
  return map(value);
}

/** A gateway sets these itself, and rejects a request that has them. */
export function forGateway(request: VideoRequest): VideoRequest {
  const { webhookUrl: _, taskUUID: __, deliveryMethod: ___, includeCost: ____, ...others } = request;
  return others;
}

/** The name of the file that a program writes. */
export function fileName({ output, n = 1 }: VideoRequest): string {
  const format = ["webm", "mov"].find((known) => known === output?.format) ?? "mp4";
  return n > 1 ? `video-1.${format}` : `video.${format}`;
}

/** The arguments of `client.generate`. */
export function generateArguments(request: unknown, options: Record<string, unknown>): string {
  if (Object.keys(options).length === 0) return literal(request);
  return `\n  ${literal(request, "  ")},\n  ${literal(options, "  ")},\n`;
}

/** The code of the gateway's settings in a program that has environment variables. */
export const gatewaySettings = (url: string): Record<string, unknown> => ({
  url,
  apiKey: new Source("process.env.GATEWAY_API_KEY"),
});

export const lines = (...texts: (string | false | undefined)[]): string =>
  `${texts.filter((text) => text !== false && text !== undefined).join("\n")}\n`;
