// Plans a job: the request with OpenAI's defaults, the providers to try, and the amount to reserve. Sends nothing.
import type { Issue, Listing, Param, ProviderChoice, ProviderId, Quote, ValidationResult } from "filmgate";
import { catalogFor } from "../catalog/in-use.js";
import { providersOf, validationClient } from "../client.js";
import type { Env } from "../env.js";
import { apiError } from "../errors.js";
import type { ApiError } from "../errors.js";
import { parseUsd, usdText } from "../money.js";
import type { JobCatalog, JobLabels, JobOffer } from "../types.js";
import { listingsOf, paramOf } from "./catalog.js";
import { paramName } from "./create-request.js";
import type { CreateRequest, Dialect } from "./create-request.js";
import { modelOf } from "./models.js";
import { urlIssues, requestForCore, withoutPlaceholders } from "./urls.js";

/** What a job will generate, and for how much. */
export interface Plan {
  /** With defaults applied; images that were sent are still `UploadedImage`. */
  request: Record<string, unknown>;
  model: string;
  provider: ProviderChoice;
  reservedMicroUsd: number | null;
  /** Of the listing that is tried first. */
  quote: AvailableQuote;
  /** One of each provider to try, in their order. */
  offers: JobOffer[];
  seconds: string;
  size: string;
  labels: JobLabels;
  /** Of the listings that are not built in. */
  catalog?: JobCatalog;
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
  const create = prepared(env, requested);
  if (!create.applyDefaults && create.request.model === undefined) create.issues.push(NO_MODEL);
  const variant = applyDefaults(env, create);
  const { request, quotes } = variant;
  const available = quotes.filter((quote) => quote.available);
  if (create.issues.length > 0 || available.length === 0) throw invalid(env, create, variant);
  const providers = providersOf(env);
  const offers = available.filter(({ provider }) => providers.includes(provider));
  if (offers.length === 0) throw noApiKey(available);
  const catalog = catalogFor(available);
  return {
    request,
    ...(catalog && { catalog }),
    model: String(request.model),
    ...choose(create, withinBudget(create, offers)),
    seconds: String(request.duration ?? ""),
    size: String(request.size ?? ""),
    labels: create.labels,
  };
}

/** Whether a provider with an API key takes the request. */
export function isPlannable(env: Env, create: CreateRequest): boolean {
  const providers = providersOf(env);
  const { quotes } = applyDefaults(env, create);
  return create.issues.length === 0 && quotes.some((quote) => quote.available && providers.includes(quote.provider));
}

/** The price at every listing. @throws {ApiError} if no listing could take the request. */
export function quotesOf(env: Env, requested: CreateRequest): { quotes: Quote[]; warnings: Issue[] } {
  const create = prepared(env, requested);
  const variant = applyDefaults(env, create);
  const issues = generalIssues(env, variant);
  if (create.issues.length > 0 || issues.some(isError)) throw invalid(env, create, variant);
  return { quotes: variant.quotes, warnings: issues };
}

/** All problems of a request, in general and at each requested listing. */
export function validationOf(env: Env, requested: CreateRequest): ValidationResult {
  const create = prepared(env, requested);
  const { request } = applyDefaults(env, create);
  const result = validate(env, request);
  const issues = [...create.issues, ...result.issues.filter(isNewTo(create))];
  const isValid = !issues.some(isError);
  const listings = result.listings
    .filter(({ provider }) => isRequestedProvider(create, provider))
    .map((listing) => ({ ...listing, ok: listing.ok && isValid }));
  return { ok: listings.some(({ ok }) => ok), issues, listings };
}

/** The request with the model that it means, and the issues that the core cannot find. */
function prepared(env: Env, create: CreateRequest): CreateRequest {
  const issues = [...create.issues, ...urlIssues(env, create.request)];
  if (!create.applyDefaults && create.request.model === undefined) return { ...create, issues };
  const { model, issue } = modelOf(env, create.request.model);
  if (issue !== undefined) throw apiError("invalid_request", issue, { param: "model" });
  const request = Object.assign(Object.create(null), create.request, { model }) as CreateRequest["request"];
  return { ...create, request, issues };
}

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
): Pick<Plan, "provider" | "reservedMicroUsd" | "quote" | "offers"> {
  const ordered = inOrder(create.provider, offers);
  const [quote] = ordered;
  const all = offersOf(ordered);
  if (create.provider === "cheapest") {
    return { provider: "cheapest", reservedMicroUsd: maxMicroUsd(quote), quote, offers: all };
  }
  // Beside a quote without a price, no limit would apply to the others.
  if (maxMicroUsd(quote) === null) return { provider: quote.provider, reservedMicroUsd: null, quote, offers: all.slice(0, 1) };
  return {
    quote,
    offers: all,
    provider: [...new Set(ordered.map(({ provider }) => provider))],
    reservedMicroUsd: Math.max(...ordered.map(maxMicroUsd).filter((price) => price !== null)),
  };
}

/** The first of each provider. Of the warnings those about what the gateway sends itself are left out. */
function offersOf(ordered: AvailableQuote[]): JobOffer[] {
  const isFirst = ({ provider }: AvailableQuote, at: number) => ordered.findIndex((one) => one.provider === provider) === at;
  return ordered.filter(isFirst).map((quote) => {
    const { provider, model, providerModelId, warnings } = quote;
    const price = "maxUsd" in quote ? { maxUsd: quote.maxUsd } : {};
    return { provider, model, providerModelId, ...price, warnings: warnings.filter(({ path }) => path !== "webhookUrl") };
  });
}

/** In the order of the choice, which `cheapest` leaves as it is. There is at least one. */
function inOrder(choice: ProviderChoice, offers: AvailableQuote[]): [AvailableQuote, ...AvailableQuote[]] {
  const order: readonly string[] = Array.isArray(choice) ? choice : [choice];
  const rank = ({ provider }: AvailableQuote) => order.indexOf(provider);
  return [...offers].sort((a, b) => rank(a) - rank(b)) as [AvailableQuote, ...AvailableQuote[]];
}

/** `null` if the price is unknown, or not the provider's word. */
function maxMicroUsd(offer?: AvailableQuote): number | null {
  const isPublished = offer && "maxUsd" in offer && offer.evidence?.firstParty !== false;
  return isPublished ? (parseUsd(offer.maxUsd) ?? null) : null;
}

/** All defaults, if a provider with an API key can generate that; else fewer, because defaults yield to the request. */
function applyDefaults(env: Env, create: CreateRequest): RequestVariant {
  const providers = providersOf(env);
  const tried: RequestVariant[] = [];
  for (const request of variantsOf(create)) {
    const quotes = withoutPlaceholders(validationClient(env).quote(requestForCore(env, request), { details: true }));
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
  const { request, dialect } = create;
  if (!create.applyDefaults) return [request];
  const listings = listingsOf(request.model).filter(({ provider }) =>
    isRequestedProvider(create, provider),
  );
  const [first = request, ...others] = sizedVariants(request, listings, dialect).flatMap((sized) =>
    defaultDurations(listings, dialect.defaults.duration).map((duration) => ({ ...duration, ...sized })),
  );
  return [first, ...others];
}

/** With the default size, and without; and with the size that the model has in place of its resolution and aspect ratio. */
function sizedVariants(
  request: RequestVariant["request"],
  listings: Listing[],
  { defaults, mapsToSize }: Dialect,
): RequestVariant["request"][] {
  const hasSize = ["size", "resolution", "aspectRatio", "remixId"].some((field) => field in request);
  if (!hasSize && listings.some((listing) => paramOf(listing, "size"))) {
    const sized = { size: defaults.size, ...request };
    return defaults.isSizeOptional ? [request, sized] : [sized, request];
  }
  if (!mapsToSize || "size" in request) return [request];
  const { resolution, aspectRatio, ...rest } = request;
  const matches = listings.flatMap((listing) => paramOf(listing, "size")?.sizes ?? []).filter(
    (size) =>
      (resolution === undefined || size.resolution === resolution) &&
      (aspectRatio === undefined || size.ratio === aspectRatio),
  );
  const sizes = new Set(matches.map(({ width, height }) => `${width}x${height}`));
  return [request, ...[...sizes].map((size) => ({ ...rest, size }))];
}

/** The values that the listings take, the nearest above the default first; of a model that requires none, something else decides. */
function defaultDurations(listings: Listing[], wanted: number): { duration?: number }[] {
  const params = listings.map((listing) => paramOf(listing, "duration")).filter((param) => param?.required);
  const values = params.flatMap((param) => secondsFrom(param!, wanted));
  const order = (value: number) => (value < wanted ? 1e6 - value : value);
  const durations = [...new Set(values)].sort((a, b) => order(a) - order(b));
  return durations.length === 0 ? [{}] : durations.map((duration) => ({ duration }));
}

const secondsFrom = ({ allowed, min = 0, max = Infinity }: Param, wanted: number): number[] =>
  allowed?.map(Number) ?? [Math.max(min, Math.min(wanted, max))];

function fewestIssues(variants: RequestVariant[]): RequestVariant {
  const count = ({ quotes }: RequestVariant) => listingErrors(quotes).length;
  return variants.reduce((best, next) => (count(next) < count(best) ? next : best));
}

const isError = ({ severity }: Issue): boolean => severity === "error";

/** Issues at every provider, and warnings. */
const generalIssues = (env: Env, { request }: RequestVariant): Issue[] => validate(env, request).issues;

const validate = (env: Env, request: Record<string, unknown>): ValidationResult =>
  withoutPlaceholders(validationClient(env).validate(requestForCore(env, request)));

/** The errors at the listings that cannot take the request, those of the nearest listing first. */
function listingErrors(quotes: Quote[]): Issue[] {
  const errors = (issues: Issue[]) => issues.filter(isError);
  return quotes
    .flatMap((quote) => (quote.available ? [] : [errors(quote.issues)]))
    .sort((a, b) => a.length - b.length)
    .flat();
}

/** Whether the body's own issues have none about the same field. */
const isNewTo = (create: CreateRequest) => ({ path }: Issue): boolean =>
  !create.issues.some((known) => known.path === path);

/** Every issue, in the client's field names. */
function invalid(env: Env, create: CreateRequest, variant: RequestVariant): ApiError {
  const found = [...generalIssues(env, variant).filter(isError), ...listingErrors(variant.quotes)];
  // Every listing repeats the issues that they share.
  const unique = new Map(found.filter(isNewTo(create)).map((issue) => [JSON.stringify(issue), issue]));
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
