// What OpenAI's API fills in, where a model of another maker can take it.
import type { ProviderId, Quote } from "filmgate";
import type { Env } from "../env.js";
import { checkingFilm, providersOf } from "../client.js";
import { checkable } from "./urls.js";
import type { Ask } from "./create-request.js";
import { listingsOf, paramOf } from "./catalog.js";
import { problemsOf } from "./issues.js";

const DEFAULTS = { model: "sora-2", duration: 4, size: "720x1280" } as const;

/** A request as it may be ordered, and what each listing that is wished for says of it. */
export interface Variant {
  request: Record<string, unknown>;
  quotes: Quote[];
}

/** With all of the defaults, if somebody with a key can make that; else with fewer, since they give way. */
export function filledIn(env: Env, ask: Ask): Variant {
  const keyed = providersOf(env);
  const seen: Variant[] = [];
  for (const request of requestsOf(ask)) {
    const quotes = checkingFilm(env).quote(checkable(env, request));
    const variant = { request, quotes: quotes.filter(({ provider }) => isWished(ask, provider)) };
    if (variant.quotes.some((quote) => quote.available && keyed.includes(quote.provider))) {
      return variant;
    }
    seen.push(variant);
  }
  const isAble = ({ quotes }: Variant) => quotes.some(({ available }) => available);
  return seen.find(isAble) ?? nearest(seen);
}

export function isWished({ provider: wish }: Ask, provider: ProviderId): boolean {
  return wish === "cheapest" || wish === provider || (Array.isArray(wish) && wish.includes(provider));
}

/** The request with all of the defaults, then with fewer; at least one. */
function requestsOf(ask: Ask): [Variant["request"], ...Variant["request"][]] {
  if (!ask.applyOpenAIDefaults) return [ask.request];
  const { model, duration, size } = DEFAULTS;
  const named: Variant["request"] = { model, ...ask.request };
  const listings = listingsOf(named.model).filter(({ provider }) => isWished(ask, provider));
  // Where it is not required, something else decides how long the video is.
  const needsDuration = listings.some((listing) => paramOf(listing, "duration")?.required);
  const whole = needsDuration ? { duration, ...named } : named;
  const takesSize = listings.some((listing) => paramOf(listing, "size"));
  const saysSize = ["size", "resolution", "aspectRatio", "remixId"].some((field) => field in named);
  return takesSize && !saysSize ? [{ size, ...whole }, whole] : [whole];
}

/** The one that has the fewest problems. */
function nearest(variants: Variant[]): Variant {
  const problems = ({ quotes }: Variant) => problemsOf(quotes).length;
  return variants.reduce((best, next) => (problems(next) < problems(best) ? next : best));
}
