// Runware's public prices of the catalog's listings: keyless, and readable by pages. The address and its fields are those
// of Runware's SDK (PyPI runware-sdk 1.8.0, `content.py`, and https://runware.ai/docs/models-api/pricing).
import { CustomModels } from "../client/custom-models.js";
import { Planner } from "../client/planner.js";
import { FilmgateError } from "../error.js";
import { linkedController } from "../util/abort.js";
import { DURATION, SIGNAL, TEXT, invalidOption, readOptions } from "../util/options.js";
import type { Spec } from "../util/options.js";
import { readText } from "../util/read-text.js";
import { MAX_TIMER_MS } from "../util/sleep.js";
import type { Filmgate, FilmgateOptions, Issue, Listing, ListingRef, Price } from "../types/index.js";
import { matchRates } from "./published-rates.js";
import type { PriceRefresh, RefreshPricesOptions, RefreshedListing } from "./types.js";

const OPTIONS = {
  models: ["a list of models", Array.isArray],
  baseURL: TEXT,
  signal: SIGNAL,
  timeoutMs: DURATION,
} satisfies Spec;
const BASE_URL = "https://content.runware.ai";
/** As of one request of a client. */
const DEFAULT_TIMEOUT_MS = 30_000;
const MAX_BYTES = 1 << 20;
const MAX_CONCURRENCY = 6;
/** `2026-08-20T14:05Z`: the minute is what `evidence` names. */
const MINUTE_LENGTH = 16;

/** What only the clients of the package have and see. */
interface Internals {
  planner: Planner;
  options: FilmgateOptions;
}

/** The response for one listing: the rates, or why there are none. */
type Answer = { rates: unknown } | { status: "unknown" | "failed"; reason: string };

/**
 * Reads the prices that Runware publishes now, without a key, and uses them in this client from then on. Each has the
 * address and the minute as its `evidence`. A price changes only if all rates of its listing can be assigned to its
 * conditions without doubt; otherwise, and after a failed request, the prices stay, and the result says why.
 *
 * @throws FilmgateError `invalid_request` if the client has a list of custom models: pass a catalog document instead
 */
export async function refreshPrices(client: Filmgate, given: RefreshPricesOptions = {}): Promise<PriceRefresh> {
  const { models, baseURL = BASE_URL, signal, timeoutMs } = readOptions<RefreshPricesOptions>(given, OPTIONS);
  const { planner, options } = client as unknown as Partial<Internals>;
  if (!(planner instanceof Planner)) throw invalidOption("client", "invalid_type", NO_CLIENT);
  const { fetch = globalThis.fetch, requestTimeoutMs = DEFAULT_TIMEOUT_MS } = options ?? {};
  signal?.throwIfAborted();
  if (Array.isArray(planner.catalog?.validated()?.models)) throw invalidOption("models", "unsupported", OWN_PRICES);
  const asked = planner.listings(models).filter(({ provider }) => provider === "runware");
  const { controller, unlisten } = linkedController(signal);
  const timer = setTimeout(() => controller.abort(), Math.min(timeoutMs ?? requestTimeoutMs, MAX_TIMER_MS));
  const urlOf = ({ providerModelId }: ListingRef) =>
    `${baseURL.replace(/\/+$/, "")}/models/${encodeURIComponent(providerModelId)}/pricing`;
  const answers: Answer[] = [];
  const waiting = asked.entries();
  const work = async () => {
    for (const [at, listing] of waiting) answers[at] = await ask(fetch, urlOf(listing), controller.signal);
  };
  try {
    await Promise.all(Array.from({ length: MAX_CONCURRENCY }, work));
  } finally {
    clearTimeout(timer);
    unlisten();
  }
  signal?.throwIfAborted();
  const refreshedAt = Date.now();
  const date = `${new Date(refreshedAt).toISOString().slice(0, MINUTE_LENGTH)}Z`;
  const changed = new Map<string, Price[]>();
  const listings = asked.map((ref, at): RefreshedListing => {
    const answer = answers[at]!;
    if ("status" in answer) return { ...ref, changes: [], ...answer };
    const listing = listingOf(planner, ref);
    const matched = listing ? matchRates(answer.rates, listing.prices) : "It is not in the catalog.";
    if (typeof matched === "string") return { ...ref, status: "unmapped", changes: [], reason: matched };
    const evidence = { source: urlOf(ref), date, firstParty: true };
    changed.set(keyOf(ref), matched.map((price) => ({ ...price, basis: "exact", evidence })));
    return { ...ref, status: "refreshed", changes: changesOf(listing!, matched) };
  });
  if (changed.size > 0) planner.catalog = withPrices(planner, changed, date);
  return { refreshedAt, listings };
}

const NO_CLIENT = "`client` must be a client of `createFilmgate`. Nothing was sent.";
/** A list says that its prices are the caller's own. */
const OWN_PRICES = "The prices of a list of custom models are your own. Pass a catalog document as `models`, and they can be refreshed.";

/** The listing of the catalog; undefined if it has none. */
const listingOf = (planner: Planner, { model, provider, providerModelId }: ListingRef): Listing | undefined =>
  planner
    .model(model)
    ?.listings.find((listing) => listing.provider === provider && listing.providerModelId === providerModelId);

/** The catalog with other prices, after the validation that every catalog goes through. */
function withPrices(planner: Planner, changed: Map<string, Price[]>, date: string): CustomModels {
  const models = planner.models().map((model) => ({
    ...model,
    listings: model.listings.map((listing) => ({
      ...listing,
      prices: changed.get(keyOf({ ...listing, model: model.id })) ?? listing.prices,
    })),
  }));
  const issues: Issue[] = [];
  const catalog = new CustomModels({ version: 1, date: date.slice(0, 10), models }, (issue) => issues.push(issue));
  catalog.validated();
  if (issues[0]) throw new FilmgateError({ code: "invalid_response", message: "The new prices are invalid: see `issues`.", issues });
  return catalog;
}

const keyOf = ({ model, providerModelId }: ListingRef) => `${model} ${providerModelId}`;

async function ask(fetch: NonNullable<FilmgateOptions["fetch"]>, url: string, signal: AbortSignal): Promise<Answer> {
  const failed = (reason: string): Answer => ({ status: "failed", reason });
  try {
    signal.throwIfAborted();
    const response = await fetch(new Request(url, { signal }));
    if (response.status === 404) {
      await response.body?.cancel();
      return { status: "unknown", reason: "Runware has no prices of this model. It may be retired." };
    }
    const text = await readText(response, MAX_BYTES);
    if (response.status !== 200) return failed(`Runware responded with HTTP ${response.status}.`);
    const { pricingRates } = Object(JSON.parse(text ?? "")) as { pricingRates?: unknown };
    return { rates: pricingRates };
  } catch (error) {
    return failed(
      error instanceof SyntaxError ? "The response is not JSON." : "Runware did not respond, or the response was blocked.",
    );
  }
}

function changesOf({ prices }: Listing, after: Price[]): RefreshedListing["changes"] {
  return prices.flatMap(({ when, per, usd }, at) => {
    const afterUsd = after[at]!.usd;
    return afterUsd === usd ? [] : [{ when, per, beforeUsd: usd, afterUsd }];
  });
}
