import { inlineImagesSync } from "../util/images.js";
import { CustomModels } from "./custom-models.js";
import { summaryOf } from "./summary.js";
import { withPlaceholders } from "./upload.js";
import * as core from "../core/core.js";
import { FilmgateError } from "../error.js";
import { deepFreeze } from "../util/freeze.js";
import type {
  FilmgateOptions,
  Issue,
  ListingRef,
  Model,
  ModelId,
  ModelSummary,
  ProviderId,
  Quote,
  QuoteSummary,
  SubmitOptions,
  ValidationResult,
  VideoRequest,
} from "../types/index.js";
import type { Settings } from "../core/protocol.js";
import type { Step } from "../core/state.js";

export const PROVIDERS: ProviderId[] = ["runpod", "runware"];

/** Everything that needs no network: the catalog, the validation of a request, its quotes and its plan. */
export class Planner {
  readonly runTimeHistory = new RunTimeHistory();
  readonly #options: FilmgateOptions;
  #customModels: CustomModels | undefined;
  #models: readonly Model[] | undefined;
  #summaries: readonly ModelSummary[] | undefined;

  constructor(options: FilmgateOptions) {
    this.#options = options;
    const { models, onCatalogIssue = warn } = options;
    const isRead = models == null || CustomModels.is(models);
    this.#customModels = isRead ? models : new CustomModels(models, onCatalogIssue);
  }

  models(): readonly Model[] {
    return (this.#models ??= deepFreeze(core.models(this.#catalogSettings())));
  }

  summaries(): readonly ModelSummary[] {
    return (this.#summaries ??= deepFreeze(this.models().map(summaryOf)));
  }

  model(id: ModelId): Model | undefined {
    return this.models().find((model) => model.id === id);
  }

  /** The caller's catalog; undefined if it is the built-in one. */
  get catalog(): CustomModels | undefined {
    return this.#customModels;
  }

  /** Uses another one from now on. */
  set catalog(catalog: CustomModels) {
    this.#customModels = catalog;
    this.#models = this.#summaries = undefined;
  }

  /** The listings of these models, or of all. A model that is not in the catalog has its provider in its id. */
  listings(models?: ModelId[]): ListingRef[] {
    if (models === undefined) return this.models().flatMap(listingsOf);
    return models.flatMap((id) => {
      const known = this.model(id);
      if (known) return listingsOf(known);
      const [, provider, providerModelId] = /^(runpod|runware):(.+)$/.exec(String(id)) ?? [];
      if (providerModelId) return [{ provider: provider as ProviderId, model: id, providerModelId }];
      const message = `The catalog has no model \`${String(id).slice(0, 100)}\`. \`client.models()\` lists them. Nothing was sent.`;
      throw new FilmgateError({ code: "invalid_request", message });
    });
  }

  validate(request: VideoRequest): ValidationResult {
    const settings = this.#catalogSettings();
    const result = core.validate(inlineImagesSync(request), settings);
    const uploaded = this.withUploads(request);
    if (!uploaded) return result;
    const others = core.validate(uploaded, settings).listings;
    const listings = result.listings.map((listing, at) => (listing.ok ? listing : (others[at] ?? listing)));
    return deepFreeze({ ...result, ok: listings.some(({ ok }) => ok), listings });
  }

  quote(request: VideoRequest): readonly Quote[] {
    return this.#quoteBy(core.quote, request);
  }

  /** The quotes, in short if the request has no model. */
  compare(request: VideoRequest): readonly (Quote | QuoteSummary)[] {
    return this.#quoteBy<Quote | QuoteSummary>(core.compare, request);
  }

  #quoteBy<T extends Quote | QuoteSummary>(quote: QuoteBy<T>, request: VideoRequest): readonly T[] {
    const settings = this.#catalogSettings();
    const quotes = quote(inlineImagesSync(request), settings);
    const uploaded = this.withUploads(request);
    if (!uploaded) return quotes;
    const others = quote(uploaded, settings);
    const better = (own: T) => (own.available ? own : others.find((other) => isSameListing(other, own))!);
    return deepFreeze(cheapestFirst(quotes.map(better)));
  }

  /** The request as it is after its images are uploaded, if that is possible and there are any. */
  withUploads(request: VideoRequest): VideoRequest | undefined {
    if (!this.#options.upload) return undefined;
    const whole = inlineImagesSync(request);
    const { issues } = core.validate(whole, this.#catalogSettings());
    // An image that is not valid stays so at any URL.
    return issues.some(({ severity }) => severity === "error") ? undefined : withPlaceholders(whole);
  }

  /** The jobs to try, in order. `providers`: those that can be called. Throws if there is none to try. */
  plan(
    request: VideoRequest,
    { provider, maxCostUsd, allowUnknownCost, timeoutMs }: SubmitOptions,
    uuid: () => string,
    providers = PROVIDERS,
  ): Step[] {
    const options = { provider, maxCostUsd, allowUnknownCost, availableProviders: providers };
    const model = attempt(() => request.model);
    const runTimeHistoryMs = this.runTimeHistory.of(model);
    const planned = core.plan(request, options, { ...this.#catalogSettings(timeoutMs), runTimeHistoryMs }, uuid);
    if (Array.isArray(planned)) return planned;
    throw new FilmgateError({ ...planned.error, charge: "none" });
  }

  /** The settings without those of a job. */
  settings(timeoutMs?: number): Settings {
    const { allowPrivateHosts, requestTimeoutMs } = this.#options;
    return { allowPrivateHosts, requestTimeoutMs, timeoutMs };
  }

  /** The settings of an existing job of this model, with the request that it was submitted with, if the caller has it. */
  jobSettings(model: unknown, timeoutMs?: number, request?: VideoRequest): Settings {
    return { ...this.settings(timeoutMs), runTimeHistoryMs: this.runTimeHistory.of(model), request };
  }

  /** The settings with the caller's catalog. Throws if it is refused. */
  #catalogSettings(timeoutMs?: number): Settings {
    const settings = this.settings(timeoutMs);
    settings.catalog = this.#customModels?.validated();
    return settings;
  }
}

type QuoteBy<T> = (request: unknown, settings: Settings) => readonly T[];

/** Nobody overlooks what the console shows. */
const warn = ({ path, message }: Issue): void => console.warn(`filmgate: ${path}: ${message}`);

const listingsOf = ({ id, listings }: Model): ListingRef[] =>
  listings.map(({ provider, providerModelId }) => ({ provider, model: id, providerModelId }));

export const isSameListing = (a: ListingRef, b: ListingRef): boolean =>
  a.provider === b.provider && a.providerModelId === b.providerModelId;

/** The quotes in the order of `quote`: by their upper end, then unpublished prices, unknown ones and the unavailable. */
export function cheapestFirst<T extends Quote | QuoteSummary>(quotes: readonly T[]): T[] {
  const group = (quote: T) => {
    if (!quote.available) return 3;
    if (quote.basis === "unknown") return 2;
    return quote.evidence?.firstParty === false ? 1 : 0;
  };
  const upper = (quote: T) => ("maxUsd" in quote ? quote.maxUsd : 0);
  return [...quotes].sort((a, b) => group(a) - group(b) || upper(a) - upper(b));
}

/** The result, or undefined if the call throws. */
export function attempt<T>(call: () => T): T | undefined {
  try {
    return call();
  } catch {
    return undefined;
  }
}

const MAX_RUN_TIMES = 64;

/** Run times of the last jobs of each listing, in milliseconds. */
export class RunTimeHistory {
  /** By model, and then by `provider:providerModelId`: a job needs those of the listings of its model. */
  readonly #byModel = new Map<unknown, Record<string, number[]>>();

  record({ provider, model, providerModelId }: ListingRef, ms: number): void {
    const known = this.of(model);
    const listing = `${provider}:${providerModelId}`;
    const latest = [...(known[listing] ?? []), ms].slice(-MAX_RUN_TIMES);
    this.#byModel.set(model, { ...known, [listing]: latest });
  }

  of(model: unknown): Record<string, number[]> {
    return this.#byModel.get(model) ?? {};
  }
}
