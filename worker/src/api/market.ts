// From what is asked to what is ordered: defaults, checks, prices, and what is reserved for it. Sends nothing.
import type { Issue, ProviderChoice, ProviderId, Quote } from "filmgate";
import type { Env } from "../env.js";
import { checkingFilm, providersOf } from "../film.js";
import { parseUsd, usdText } from "../money.js";
import { addressIssues, checkable } from "./addresses.js";
import type { Ask } from "./ask.js";
import { wordFor } from "./ask.js";
import { listingsOf, paramOf } from "./catalogue.js";
import { refused } from "./errors.js";

/** What OpenAI's API fills in. */
const DEFAULTS = { model: "sora-2", duration: 4, size: "720x1280" } as const;

/** An order that can be placed. */
export interface Plan {
  /** With all that was filled in; pictures that came along are still `Picture`. */
  request: Record<string, unknown>;
  model: string;
  provider: ProviderChoice;
  reservedMicroUsd: number | null;
  seconds: string;
  size: string;
}

/** A quote of a listing that can take the request. */
type Offer = Extract<Quote, { available: true }>;

/** A request with some of the defaults, and what the market says of it. */
interface Variant {
  request: Record<string, unknown>;
  quotes: Quote[];
}

/** Plans an order, or refuses with every problem at once. */
export function planOf(env: Env, ask: Ask): Plan {
  const keyed = providersOf(env);
  ask.issues.push(...addressIssues(env, ask.request));
  if (!ask.defaults && ask.request.model === undefined) ask.issues.push(NO_MODEL);
  const { request, quotes } = best(ask, variants(env, ask), keyed);
  const able = quotes.filter((quote) => quote.available);
  if (ask.issues.length > 0 || able.length === 0) throw invalid(ask, quotes);
  const offers = able.filter(({ provider }) => keyed.includes(provider));
  if (offers.length === 0) throw keyless(able);
  const within = affordable(ask, offers);
  const first = byWish(ask, within)[0] ?? offers[0];
  const model = String(request.model);
  return {
    request,
    model,
    provider: choice(ask, within, first),
    reservedMicroUsd: reserve(ask, within, first),
    seconds: String(request.duration ?? ""),
    size: String(request.size ?? ""),
  };
}

/** Prices what is asked at every listing; refuses what no listing could take. */
export function quotesOf(env: Env, ask: Ask): { quotes: Quote[]; warnings: Issue[] } {
  ask.issues.push(...addressIssues(env, ask.request));
  const { request, quotes } = best(ask, variants(env, ask), providersOf(env));
  const { issues } = checkingFilm(env).check(checkable(env, request));
  if (ask.issues.length > 0 || issues.some(isError)) throw invalid(ask, quotes);
  return { quotes, warnings: issues };
}

// ---------------------------------------------------------------------------------------- defaults

/** The request with all of the defaults, and with fewer where a listing may not take them. */
function variants(env: Env, ask: Ask): Variant[] {
  const film = checkingFilm(env);
  const base: Record<string, unknown> = {
    ...(ask.defaults && { model: DEFAULTS.model }),
    ...ask.request,
  };
  const listings = listingsOf(base.model).filter(({ provider }) => isWished(ask, provider));
  const needsDuration = listings.some((listing) => paramOf(listing, "duration")?.required);
  const takesSize = listings.some((listing) => paramOf(listing, "size"));
  const saysSize = ["size", "resolution", "aspectRatio", "remix"].some((field) => field in base);
  const whole: Record<string, unknown> = {
    ...(ask.defaults && needsDuration && { duration: DEFAULTS.duration }),
    ...base,
  };
  const fillsSize = ask.defaults && takesSize && !saysSize;
  const requests = fillsSize ? [{ ...whole, size: DEFAULTS.size }, whole] : [whole];
  return requests.map((request) => {
    const quotes = film.quote(checkable(env, request));
    return { request, quotes: quotes.filter(({ provider }) => isWished(ask, provider)) };
  });
}

/** The first that somebody can make; else the one with the fewest problems. */
function best(ask: Ask, all: Variant[], keyed: ProviderId[]): Variant {
  const isAble = (quote: Quote) => quote.available && keyed.includes(quote.provider);
  const errors = ({ quotes }: Variant) => issuesOf(ask, quotes).filter(isError).length;
  const able =
    all.find(({ quotes }) => quotes.some(isAble)) ??
    all.find(({ quotes }) => quotes.some(({ available }) => available));
  const [fewest] = [...all].sort((a, b) => errors(a) - errors(b));
  const found = able ?? fewest;
  if (found) return found;
  throw refused("internal", "There was nothing to plan.");
}

// ----------------------------------------------------------------------------------------- problems

function invalid(ask: Ask, quotes: Quote[]) {
  const issues = [...ask.issues, ...issuesOf(ask, quotes)];
  const first = issues.find(isError);
  if (!first) {
    return refused("invalid_request", "None of the providers that were named sells this model.", {
      param: "model",
    });
  }
  return refused("invalid_request", inTheirWords(ask, first), {
    param: wordFor(ask, first.path) || "filmgate",
    issues,
  });
}

/** Each problem once, although every listing tells of those that all have; of the nearest listing first. */
function issuesOf(ask: Ask, quotes: Quote[]): Issue[] {
  const errors = (issues: Issue[]) => issues.filter(isError).length;
  const told = quotes
    .flatMap((quote) => (quote.available ? [] : [quote.issues]))
    .sort((a, b) => errors(a) - errors(b))
    .flat();
  const once = new Map(told.map((issue) => [JSON.stringify(issue), issue]));
  return [...once.values()].filter(({ path }) => !ask.issues.some((own) => own.path === path));
}

/** The core speaks of `duration` where OpenAI's clients said `seconds`. */
function inTheirWords(ask: Ask, { path, message }: Issue): string {
  const [field = ""] = path.split(".");
  return field ? message.replaceAll(`\`${field}\``, `\`${wordFor(ask, field)}\``) : message;
}

function keyless(able: Quote[]) {
  const names = [...new Set(able.map(({ provider }) => provider))].join(" or ");
  return refused("missing_key", `This gateway has no key for ${names}.`, {
    param: "filmgate.provider",
  });
}

/** Nobody's money goes to a model that nobody has chosen. */
const NO_MODEL: Issue = {
  severity: "error",
  path: "model",
  code: "missing",
  message: "Say which `model`: `POST /v1/quotes` tells those that can make this video.",
};

const isError = ({ severity }: Issue) => severity === "error";

// -------------------------------------------------------------------------------------------- money

/** The offers within the client's own limit. */
function affordable(ask: Ask, offers: Offer[]): Offer[] {
  const limit = ask.maxMicroUsd;
  if (limit === undefined) return offers;
  const within = offers.filter((offer) => {
    const most = upper(offer);
    return most === null ? ask.allowUnknownCost : most <= limit;
  });
  if (within.length > 0) return within;
  const least = upper(offers[0]);
  const message =
    least === null
      ? "The price is unknown, which no limit covers; `allowUnknownCost` lets it pass."
      : `The price may reach $${usdText(least)}, above the limit of $${usdText(limit)}.`;
  throw refused("over_budget", message, { param: "filmgate.maxCostUsd" });
}

/** The most that the order can come to; `null` where the first offer to be tried has no price. */
function reserve(ask: Ask, within: Offer[], first?: Offer): number | null {
  const most = upper(first);
  if (ask.provider === "cheapest" || most === null) return most;
  return Math.max(...within.map(upper).filter((price) => price !== null));
}

function choice(ask: Ask, within: Offer[], first?: Offer): ProviderChoice {
  if (ask.provider === "cheapest") return "cheapest";
  // Beside an offer without a price, no limit would hold for the others.
  if (first && upper(first) === null) return first.provider;
  return [...new Set(byWish(ask, within).map(({ provider }) => provider))];
}

/** In the order that they are tried in. */
function byWish(ask: Ask, offers: Offer[]): Offer[] {
  if (!Array.isArray(ask.provider)) return offers;
  const { provider: order } = ask;
  const place = ({ provider }: Offer) => order.indexOf(provider);
  return [...offers].sort((a, b) => place(a) - place(b));
}

function upper(offer?: Quote): number | null {
  return offer && "maxUsd" in offer ? (parseUsd(offer.maxUsd) ?? null) : null;
}

function isWished({ provider: wish }: Ask, provider: ProviderId): boolean {
  return wish === "cheapest" || wish === provider || (Array.isArray(wish) && wish.includes(provider));
}
