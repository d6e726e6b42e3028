import { inlineImages } from "../util/images.js";
import { CustomModels } from "./custom-models.js";
import { withPlaceholders } from "./upload.js";
import * as core from "../core/core.js";
import { FilmgateError } from "../error.js";
import type {
  FilmgateOptions,
  ListingRef,
  Model,
  ModelId,
  ProviderId,
  Quote,
  SubmitOptions,
  ValidationResult,
  VideoRequest,
} from "../types/index.js";
import type { Settings, Step } from "../core/protocol.js";

export const PROVIDERS: ProviderId[] = ["runpod", "runware"];

/** Everything that needs no network: the catalog, the validation of a request, its quotes and its plan. */
export class Planner {
  readonly runTimeHistory = new RunTimeHistory();
  readonly #options: FilmgateOptions;
  readonly #customModels: CustomModels | undefined;

  constructor(options: FilmgateOptions) {
    this.#options = options;
    const { models } = options;
    this.#customModels = models == null ? undefined : new CustomModels(models);
  }

  models(): Model[] {
    return core.models(this.#catalogSettings());
  }

  /** The listings of these models, or of all. A model that is not in the catalog has its provider in its id. */
  listings(models?: ModelId[]): ListingRef[] {
    const catalog = this.models();
    if (models === undefined) return catalog.flatMap(listingsOf);
    return models.flatMap((id) => {
      const known = catalog.find((model) => model.id === id);
      if (known) return listingsOf(known);
      const [, provider, providerModelId] = /^(runpod|runware):(.+)$/.exec(String(id)) ?? [];
      if (providerModelId) return [{ provider: provider as ProviderId, model: id, providerModelId }];
      const message = `The catalog has no model \`${String(id).slice(0, 100)}\`. \`client.models()\` lists them. Nothing was sent.`;
      throw new FilmgateError({ code: "invalid_request", message });
    });
  }

  validate(request: VideoRequest): ValidationResult {
    const settings = this.#catalogSettings();
    const result = core.validate(inlineImages(request), settings);
    const uploaded = this.withUploads(request);
    if (!uploaded) return result;
    const others = core.validate(uploaded, settings).listings;
    const listings = result.listings.map((listing, at) => (listing.ok ? listing : (others[at] ?? listing)));
    return { ...result, ok: listings.some(({ ok }) => ok), listings };
  }

  quote(request: VideoRequest): Quote[] {
    const settings = this.#catalogSettings();
    const quotes = core.quote(inlineImages(request), settings);
    const uploaded = this.withUploads(request);
    if (!uploaded) return quotes;
    const others = core.quote(uploaded, settings);
    const better = (quote: Quote) => (quote.available ? quote : others.find((other) => isSameListing(other, quote))!);
    return cheapestFirst(quotes.map(better));
  }

  /** The request as it is after its images are uploaded, if that is possible and there are any. */
  withUploads(request: VideoRequest): VideoRequest | undefined {
    if (!this.#options.upload) return undefined;
    const whole = inlineImages(request);
    const { issues } = core.validate(whole, this.#catalogSettings());
    // An image that is not valid stays so at any URL.
    return issues.some(({ severity }) => severity === "error") ? undefined : withPlaceholders(whole);
  }

  /** The jobs to try, in order. `providers`: those that can be called. Throws if there is none to try. */
  plan(
    request: VideoRequest,
    { provider, maxCostUsd, allowUnknownCost, timeoutMs }: SubmitOptions,
    providers: ProviderId[],
    uuid: () => string,
  ): Step[] {
    const options = { provider, maxCostUsd, allowUnknownCost, availableProviders: providers };
    const planned = core.plan(request, options, this.#catalogSettings(timeoutMs), uuid);
    if (Array.isArray(planned)) return planned;
    throw new FilmgateError({ ...planned.error, charge: "none" });
  }

  /** The settings of an existing job, and the request that it was submitted with, if the caller has it. */
  settings(timeoutMs?: number, request?: VideoRequest): Settings {
    const { allowPrivateHosts, requestTimeoutMs } = this.#options;
    const runTimeHistoryMs = this.runTimeHistory.toJSON();
    return { allowPrivateHosts, requestTimeoutMs, timeoutMs, runTimeHistoryMs, request };
  }

  /** The settings with the custom models. Throws if these are invalid. */
  #catalogSettings(timeoutMs?: number): Settings {
    return { ...this.settings(timeoutMs), models: this.#customModels?.validated() };
  }
}

const listingsOf = ({ id, listings }: Model): ListingRef[] =>
  listings.map(({ provider, providerModelId }) => ({ provider, model: id, providerModelId }));

export const isSameListing = (a: ListingRef, b: ListingRef): boolean =>
  a.provider === b.provider && a.providerModelId === b.providerModelId;

/** The quotes in the order of `quote`: by their upper end, then those without a price, then the unavailable ones. */
export function cheapestFirst(quotes: Quote[]): Quote[] {
  const rank = (quote: Quote) => ("maxUsd" in quote ? quote.maxUsd : quote.available ? Infinity : NaN);
  const compare = (a: number, b: number) => (a === b ? 0 : Number.isNaN(a) ? 1 : Number.isNaN(b) ? -1 : a - b);
  return [...quotes].sort((a, b) => compare(rank(a), rank(b)));
}

const MAX_RUN_TIMES = 64;

/** Run times of the last jobs of each listing, in milliseconds, by `provider:providerModelId`. */
export class RunTimeHistory {
  readonly #byListing = new Map<string, number[]>();

  record(listing: string, ms: number): void {
    const latest = [...(this.#byListing.get(listing) ?? []), ms].slice(-MAX_RUN_TIMES);
    this.#byListing.set(listing, latest);
  }

  toJSON(): Record<string, number[]> {
    return Object.fromEntries(this.#byListing);
  }
}
