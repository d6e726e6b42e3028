// Plans a job: the request with OpenAI's defaults, the providers to try, and the amount to reserve. Sends nothing.
import type { Issue, ProviderChoice, ProviderId, Quote } from "filmgate";
import { providersOf, validationClient } from "../client.js";
import type { Env } from "../env.js";
import { apiError } from "../errors.js";
import type { ApiError } from "../errors.js";
import { parseUsd, usdText } from "../money.js";
import { listingsOf, paramOf } from "./catalog.js";
import { paramName } from "./create-request.js";
import type { CreateRequest } from "./create-request.js";
import { urlIssues, requestForCore } from "./urls.js";

/** What a job will generate, and for how much. */
export interface Plan {
  /** With defaults applied; images that were sent are still `UploadedImage`. */
  request: Record<string, unknown>;
  model: string;
  provider: ProviderChoice;
  reservedMicroUsd: number | null;
  seconds: string;
  size: string;
}

/** A quote of a listing that can take the request. */
type AvailableQuote = Extract<Quote, { available: true }>;

/** A request with some of the defaults, and the quote of every requested listing. */
interface RequestVariant {
  request: Record<string, unknown>;
  quotes: Quote[];
}

/** @throws {ApiError} with every issue at once. */
export function planJob(env: Env, requested: CreateRequest): Plan {
  const create = withAddressIssues(env, requested);
  if (!create.applyOpenAIDefaults && create.request.model === undefined) create.issues.push(NO_MODEL);
  const variant = applyDefaults(env, create);
  const { request, quotes } = variant;
  const available = quotes.filter((quote) => quote.available);
  if (create.issues.length > 0 || available.length === 0) throw invalid(env, create, variant);
  const providers = providersOf(env);
  const offers = available.filter(({ provider }) => providers.includes(provider));
  if (offers.length === 0) throw noApiKey(available);
  return {
    request,
    model: String(request.model),
    ...choose(create, withinBudget(create, offers)),
    seconds: String(request.duration ?? ""),
    size: String(request.size ?? ""),
  };
}

/** The price at every listing. @throws {ApiError} if no listing could take the request. */
export function quotesOf(env: Env, requested: CreateRequest): { quotes: Quote[]; warnings: Issue[] } {
  const create = withAddressIssues(env, requested);
  const variant = applyDefaults(env, create);
  const issues = generalIssues(env, variant);
  if (create.issues.length > 0 || issues.some(isError)) throw invalid(env, create, variant);
  return { quotes: variant.quotes, warnings: issues };
}

const withAddressIssues = (env: Env, create: CreateRequest): CreateRequest => ({
  ...create,
  issues: [...create.issues, ...urlIssues(env, create.request)],
});

/** Without defaults, a model that costs money has to be chosen. */
const NO_MODEL: Issue = {
  severity: "error",
  path: "model",
  code: "required",
  message: "Set `model`. `POST /v1/quotes` lists the models that can generate this video.",
};

function noApiKey(available: Quote[]) {
  const names = [...new Set(available.map(({ provider }) => provider))].join(" or ");
  return apiError("missing_api_key", `This gateway has no API key for ${names}.`, {
    param: "filmgate.provider",
  });
}

/** The quotes within the client's own limit. */
function withinBudget(create: CreateRequest, offers: AvailableQuote[]): AvailableQuote[] {
  const limit = create.maxMicroUsd;
  if (limit === undefined) return offers;
  const within = offers.filter((offer) => {
    const max = maxMicroUsd(offer);
    return max === null ? create.allowUnknownCost : max <= limit;
  });
  if (within.length > 0) return within;
  const lowest = maxMicroUsd(offers[0]);
  const message =
    lowest === null
      ? "The price is unknown, so no limit can cover it. Set `allowUnknownCost` to allow it."
      : `The price may reach $${usdText(lowest)}, above the limit of $${usdText(limit)}.`;
  throw apiError("budget_exceeded", message, { param: "filmgate.maxCostUsd" });
}

/** The providers to try, and the highest possible cost: `null` if the first to be tried has no price. */
function choose(
  create: CreateRequest,
  offers: AvailableQuote[],
): Pick<Plan, "provider" | "reservedMicroUsd"> {
  if (create.provider === "cheapest") {
    return { provider: "cheapest", reservedMicroUsd: maxMicroUsd(offers[0]) };
  }
  const ordered = inOrder(create.provider, offers);
  const [first] = ordered;
  // Beside a quote without a price, no limit would apply to the others.
  if (first && maxMicroUsd(first) === null) return { provider: first.provider, reservedMicroUsd: null };
  return {
    provider: [...new Set(ordered.map(({ provider }) => provider))],
    reservedMicroUsd: Math.max(...ordered.map(maxMicroUsd).filter((price) => price !== null)),
  };
}

function inOrder(choice: ProviderChoice, offers: AvailableQuote[]): AvailableQuote[] {
  const order: readonly string[] = Array.isArray(choice) ? choice : [choice];
  const rank = ({ provider }: AvailableQuote) => order.indexOf(provider);
  return [...offers].sort((a, b) => rank(a) - rank(b));
}

function maxMicroUsd(offer?: AvailableQuote): number | null {
  return offer && "maxUsd" in offer ? (parseUsd(offer.maxUsd) ?? null) : null;
}

const DEFAULTS = { model: "sora-2", duration: 4, size: "720x1280" } as const;

/** All defaults, if a provider with an API key can generate that; else fewer, because defaults yield to the request. */
function applyDefaults(env: Env, create: CreateRequest): RequestVariant {
  const providers = providersOf(env);
  const tried: RequestVariant[] = [];
  for (const request of variantsOf(create)) {
    const quotes = validationClient(env).quote(requestForCore(env, request));
    const requested = quotes.filter(({ provider }) => isRequestedProvider(create, provider));
    const variant = { request, quotes: requested };
    if (variant.quotes.some((quote) => quote.available && providers.includes(quote.provider))) {
      return variant;
    }
    tried.push(variant);
  }
  const isAvailable = ({ quotes }: RequestVariant) => quotes.some(({ available }) => available);
  return tried.find(isAvailable) ?? fewestIssues(tried);
}

function isRequestedProvider({ provider: choice }: CreateRequest, provider: ProviderId): boolean {
  return choice === "cheapest" || choice === provider || (Array.isArray(choice) && choice.includes(provider));
}

/** The request with all of the defaults, then with fewer; at least one. */
function variantsOf(
  create: CreateRequest,
): [RequestVariant["request"], ...RequestVariant["request"][]] {
  if (!create.applyOpenAIDefaults) return [create.request];
  const { model, duration, size } = DEFAULTS;
  const named: RequestVariant["request"] = { model, ...create.request };
  const listings = listingsOf(named.model).filter(({ provider }) =>
    isRequestedProvider(create, provider),
  );
  // If it is not required, something else decides how long the video is.
  const needsDuration = listings.some((listing) => paramOf(listing, "duration")?.required);
  const timed = needsDuration ? { duration, ...named } : named;
  const acceptsSize = listings.some((listing) => paramOf(listing, "size"));
  const hasSize = ["size", "resolution", "aspectRatio", "remixId"].some((field) => field in named);
  return acceptsSize && !hasSize ? [{ size, ...timed }, timed] : [timed];
}

function fewestIssues(variants: RequestVariant[]): RequestVariant {
  const count = ({ quotes }: RequestVariant) => listingErrors(quotes).length;
  return variants.reduce((best, next) => (count(next) < count(best) ? next : best));
}

const isError = ({ severity }: Issue): boolean => severity === "error";

/** Issues at every provider, and warnings. */
const generalIssues = (env: Env, { request }: RequestVariant): Issue[] =>
  validationClient(env).validate(requestForCore(env, request)).issues;

/** The errors at the listings that cannot take the request, those of the nearest listing first. */
function listingErrors(quotes: Quote[]): Issue[] {
  const errors = (issues: Issue[]) => issues.filter(isError);
  return quotes
    .flatMap((quote) => (quote.available ? [] : [errors(quote.issues)]))
    .sort((a, b) => a.length - b.length)
    .flat();
}

/** Every issue, in the client's field names. */
function invalid(env: Env, create: CreateRequest, variant: RequestVariant): ApiError {
  const found = [...generalIssues(env, variant).filter(isError), ...listingErrors(variant.quotes)];
  const isNew = ({ path }: Issue) => !create.issues.some((known) => known.path === path);
  // Every listing repeats the issues that they share.
  const unique = new Map(found.filter(isNew).map((issue) => [JSON.stringify(issue), issue]));
  const issues = [...create.issues, ...unique.values()];
  const [first] = issues;
  if (!first) {
    const message = "None of the requested providers offers this model.";
    return apiError("invalid_request", message, { param: "filmgate.provider" });
  }
  const param = first.path === "" ? {} : { param: paramName(create, first.path) };
  return apiError("invalid_request", messageOf(create, first), { ...param, issues });
}

/** For these codes the message lists the allowed values: OpenAI's clients show the message alone. */
const WITH_ALLOWED = new Set<Issue["code"]>(["invalid_value", "required", "unknown_model"]);

/** The core's message, with the client's name for the field, such as `seconds` for `duration`. */
function messageOf(create: CreateRequest, { path, code, message, allowed = [] }: Issue): string {
  const [field = ""] = path.split(".");
  const text = field ? message.replaceAll(`\`${field}\``, `\`${paramName(create, field)}\``) : message;
  return WITH_ALLOWED.has(code) && allowed.length > 0 ? `${text} Allowed: ${allowed.join(", ")}.` : text;
}
