// What a client answers without a job: from the module, offline.
import type {
  Filmgate,
  KnownModelId,
  Model,
  ModelId,
  ModelSummary,
  Quote,
  QuoteOptions,
  QuoteSummary,
  ValidationResult,
  VideoRequest,
} from "../types/index.js";
import type { Client } from "./base.js";
import { modelsOptions, quoteOptions } from "./options.js";
import { Planner } from "./planner.js";

/** Quotes, in short if a request has no model. */
export type Quotes = readonly (Quote | QuoteSummary)[];

/** The methods that `withCatalog` adds, and what they need. */
export interface CatalogMethods extends Pick<Filmgate, "models" | "model" | "quote"> {
  readonly planner: Planner;
  validate(request: VideoRequest): ValidationResult;
  /** The whole quotes. */
  quoteOffline(request: VideoRequest): readonly Quote[];
  /** The quotes, in short if the request has no model. */
  quoteInShort(request: VideoRequest): Quotes;
  /** The quotes with the provider's own prices. */
  quoteLive(request: VideoRequest, options: QuoteOptions): Promise<readonly Quote[]>;
}

type ClientClass = abstract new (...args: any[]) => Client<any>;

/** A client with a catalog. `filmgate/gateway` has clients without one, so that it needs no module. */
export function withCatalog<T extends ClientClass>(Base: T): T & (abstract new (...args: any[]) => CatalogMethods) {
  abstract class WithCatalog extends Base implements CatalogMethods {
    readonly planner = new Planner(this.options);

    abstract quoteLive(request: VideoRequest, options: QuoteOptions): Promise<readonly Quote[]>;

    models(options?: { brief?: false | undefined }): readonly Model[];
    models(options: { brief: true }): readonly ModelSummary[];
    models(options: { brief?: boolean | undefined } = {}): readonly Model[] | readonly ModelSummary[] {
      return modelsOptions(options).brief ? this.planner.summaries() : this.planner.models();
    }

    model(id: KnownModelId): Model;
    model(id: ModelId): Model | undefined;
    model(id: ModelId): Model | undefined {
      return this.planner.model(id);
    }

    validate(request: VideoRequest): ValidationResult {
      return this.planner.validate(request);
    }

    quote(request: VideoRequest & { model: ModelId }, options?: QuoteOptions & { live?: false | undefined }): readonly Quote[];
    quote(request: VideoRequest, options: QuoteOptions & { details: true; live?: false | undefined }): readonly Quote[];
    quote(request: VideoRequest, options: QuoteOptions & { live: true }): Promise<readonly Quote[]>;
    quote(request: VideoRequest, options?: QuoteOptions & { live?: false | undefined }): Quotes;
    quote(request: VideoRequest, given: QuoteOptions = {}): Quotes | Promise<Quotes> {
      const options = quoteOptions(given);
      if (options.live) return this.quoteLive(request, options);
      return options.details ? this.quoteOffline(request) : this.quoteInShort(request);
    }

    quoteOffline(request: VideoRequest): readonly Quote[] {
      return this.planner.quote(request);
    }

    quoteInShort(request: VideoRequest): Quotes {
      return this.planner.compare(request);
    }
  }
  return WithCatalog;
}
