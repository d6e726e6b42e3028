// `GET /api/v1/videos/models`: the catalog as `VideoModelsListResponse` of @openrouter/sdk 1.3.19.
import type { Listing, Model, Param } from "filmgate";
import { models, paramOf } from "../api/catalog.js";
import type { Call } from "../api/context.js";
import { callerOf } from "../api/context.js";
import { providersOf } from "../client.js";

/** A duration without listed values is listed up to this many seconds. */
const MAX_LISTED_SECONDS = 60;

export async function listVideoModels(c: Call): Promise<Response> {
  await callerOf(c, "READ_LIMITER");
  const providers = providersOf(c.env);
  const isOffered = ({ provider, status }: Listing) => providers.includes(provider) && status.state !== "retired";
  const offered = models().map((model) => ({ ...model, listings: model.listings.filter(isOffered) }));
  const data = offered.filter(({ listings }) => listings.length > 0).map(toVideoModel);
  return c.json({ data });
}

function toVideoModel({ id, name, creator, listings }: Model) {
  const valuesOf = (field: string) => paramsOf(listings, field).flatMap(({ allowed = [] }) => allowed.map(String));
  const sizes = paramsOf(listings, "size").flatMap((param) =>
    (param.sizes ?? []).filter(({ width, height }) => param.allowed?.includes(`${width}x${height}`)),
  );
  const has = (field: string): true | null => (paramsOf(listings, field).length > 0 ? true : null);
  const frames = [has("image") && "first_frame", has("lastFrameImage") && "last_frame"];
  const verified = listings.map(({ status }) => Date.parse(status.verifiedAt) / 1000);
  return {
    id,
    canonical_slug: `${slug(creator)}/${id}`,
    name: creator ? `${creator}: ${name}` : name,
    description: `Generates videos: ${[...new Set(listings.flatMap(({ modes }) => modes))].join(", ")}.`,
    // When the catalog last verified it: its release date is not documented.
    created: Math.max(0, ...verified.filter(Number.isFinite)),
    hugging_face_id: null,
    supported_durations: listOrNull(paramsOf(listings, "duration").flatMap(secondsOf).sort((a, b) => a - b)),
    supported_resolutions: listOrNull([...valuesOf("resolution"), ...sizes.map(({ resolution }) => resolution)].map(spelled)),
    supported_aspect_ratios: listOrNull([...valuesOf("aspectRatio"), ...sizes.map(({ ratio }) => ratio)]),
    supported_sizes: listOrNull(sizes.map(({ width, height }) => `${width}x${height}`)),
    supported_frame_images: listOrNull(frames.filter((frame) => frame !== null)),
    generate_audio: has("generateAudio"),
    seed: has("seed"),
    pricing_skus: pricesOf(listings),
    allowed_passthrough_parameters: [],
    creativity: null,
    upscale_factor: null,
  };
}

const paramsOf = (listings: Listing[], field: string): Param[] =>
  listings.flatMap((listing) => paramOf(listing, field) ?? []);

/** OpenRouter writes `4K`. */
const spelled = (resolution: string): string => resolution.replace(/k$/, "K");

function secondsOf({ allowed, min, max }: Param): number[] {
  if (allowed) return allowed.map(Number).filter(Number.isInteger);
  if (min === undefined || max === undefined) return [];
  const count = Math.min(max, MAX_LISTED_SECONDS) - Math.ceil(min) + 1;
  return Array.from({ length: Math.max(0, count) }, (_, at) => Math.ceil(min) + at);
}

function listOrNull<T>(values: T[]): T[] | null {
  return values.length === 0 ? null : [...new Set(values)];
}

/** Dollars by what they are for, such as `per-video-second-720p`: the highest of all providers. */
function pricesOf(listings: Listing[]): Record<string, string> | null {
  const prices = new Map<string, number>();
  for (const { per, usd, when } of listings.flatMap(({ prices }) => prices)) {
    if (typeof usd !== "number") continue;
    const conditions = (when ?? []).map((one) => ("is" in one ? String(one.is) : one.field));
    const sku = ["per-video", ...(per === "second" ? ["second"] : []), ...conditions].join("-");
    prices.set(sku, Math.max(usd, prices.get(sku) ?? 0));
  }
  return prices.size === 0 ? null : Object.fromEntries([...prices].map(([sku, usd]) => [sku, String(usd)]));
}

const slug = (creator: string): string =>
  creator.toLowerCase().replace(/[^a-z0-9]+/g, "-").replace(/^-|-$/g, "") || "unknown";
