// From what is asked to what is ordered: who makes it, and what is reserved for it. Sends nothing.
import type { Issue, ProviderChoice, Quote } from "filmgate";
import type { Env } from "../env.js";
import { providersOf } from "../client.js";
import { parseUsd, usdText } from "../money.js";
import { addressIssues } from "./urls.js";
import type { Ask } from "./create-request.js";
import { filledIn } from "./defaults.js";
import { refused } from "./errors.js";
import { generalIssues, invalid, isError } from "./issues.js";

/** An order that can be placed. */
export interface Plan {
  /** With all that was filled in; pictures that came along are still `ImageInput`. */
  request: Record<string, unknown>;
  model: string;
  provider: ProviderChoice;
  reservedMicroUsd: number | null;
  seconds: string;
  size: string;
}

/** A quote of a listing that can take the request. */
type Offer = Extract<Quote, { available: true }>;

/** Plans an order, or refuses with every problem at once. */
export function planOf(env: Env, asked: Ask): Plan {
  const ask = { ...asked, issues: [...asked.issues, ...addressIssues(env, asked.request)] };
  if (!ask.applyOpenAIDefaults && ask.request.model === undefined) ask.issues.push(NO_MODEL);
  const variant = filledIn(env, ask);
  const { request, quotes } = variant;
  const able = quotes.filter((quote) => quote.available);
  if (ask.issues.length > 0 || able.length === 0) throw invalid(env, ask, variant);
  const keyed = providersOf(env);
  const offers = able.filter(({ provider }) => keyed.includes(provider));
  if (offers.length === 0) throw keyless(able);
  return {
    request,
    model: String(request.model),
    ...priced(ask, affordable(ask, offers)),
    seconds: String(request.duration ?? ""),
    size: String(request.size ?? ""),
  };
}

/** Prices what is asked at every listing; refuses what no listing could take. */
export function quotesOf(env: Env, asked: Ask): { quotes: Quote[]; warnings: Issue[] } {
  const ask = { ...asked, issues: [...asked.issues, ...addressIssues(env, asked.request)] };
  const variant = filledIn(env, ask);
  const issues = generalIssues(env, variant);
  if (ask.issues.length > 0 || issues.some(isError)) throw invalid(env, ask, variant);
  return { quotes: variant.quotes, warnings: issues };
}

/** Nobody's money goes to a model that nobody has chosen. */
const NO_MODEL: Issue = {
  severity: "error",
  path: "model",
  code: "required",
  message: "Say which `model`: `POST /v1/quotes` tells those that can make this video.",
};

function keyless(able: Quote[]) {
  const names = [...new Set(able.map(({ provider }) => provider))].join(" or ");
  return refused("missing_api_key", `This gateway has no key for ${names}.`, {
    param: "filmgate.provider",
  });
}

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
  throw refused("budget_exceeded", message, { param: "filmgate.maxCostUsd" });
}

/** Who is tried, and the most that it can come to: `null` where the first to be tried has no price. */
function priced(ask: Ask, offers: Offer[]): Pick<Plan, "provider" | "reservedMicroUsd"> {
  if (ask.provider === "cheapest") {
    return { provider: "cheapest", reservedMicroUsd: upper(offers[0]) };
  }
  const wished = inOrder(ask.provider, offers);
  const [first] = wished;
  // Beside an offer without a price, no limit would hold for the others.
  if (first && upper(first) === null) return { provider: first.provider, reservedMicroUsd: null };
  return {
    provider: [...new Set(wished.map(({ provider }) => provider))],
    reservedMicroUsd: Math.max(...wished.map(upper).filter((price) => price !== null)),
  };
}

function inOrder(wish: ProviderChoice, offers: Offer[]): Offer[] {
  const order: readonly string[] = Array.isArray(wish) ? wish : [wish];
  const place = ({ provider }: Offer) => order.indexOf(provider);
  return [...offers].sort((a, b) => place(a) - place(b));
}

function upper(offer?: Offer): number | null {
  return offer && "maxUsd" in offer ? (parseUsd(offer.maxUsd) ?? null) : null;
}
