import type { ProviderId } from "./common.js";
import type { Evidence, ModelId } from "./models.js";
import type { Issue } from "./request.js";

/** Options of `quote`. */
export interface QuoteOptions {
  /**
   * Asks Runware for the price of this request by a dry run: nothing is generated. `quote` then returns a promise, and the
   * request must name its model. RunPod has no dry run: its quotes stay as documented. Source: the header
   * `X-Runware-Dry-Run` of Runware's skill `runware-run`.
   *
   * @default false
   */
  live?: boolean | undefined;
  /**
   * Whether the quotes of a request without a model are whole: with line items, reasons, warnings and every issue. This takes
   * ten times as long. Those of a request with a model always are.
   *
   * @default false
   */
  details?: boolean | undefined;
  /** Stops waiting for the dry run; the call rejects with the signal's reason. */
  signal?: AbortSignal | undefined;
}

/** One line item of a quote. */
export interface LineItem {
  /** What is billed, such as `8 s at 720p, $0.30 per second`. */
  description: string;
  /** Lower end, in US dollars. */
  minUsd: number;
  /** Upper end, in US dollars. */
  maxUsd: number;
}

/** Identifies a listing. */
export interface ListingRef {
  /** The provider. */
  provider: ProviderId;
  /** `model` of a request. */
  model: ModelId;
  /** The provider's own id of the model. A provider may have several listings of one model. */
  providerModelId: string;
}

/** A listing that accepts the request. */
export interface AvailableQuote extends ListingRef {
  /** The listing accepts the request. */
  available: true;
  /** Warnings. They do not prevent a submit. */
  warnings: Issue[];
}

/**
 * A quote with a price, in US dollars, exact to the micro-dollar. `maxCostUsd` is compared with `maxUsd`, unless
 * `evidence.firstParty` is false: such a price passes no limit without `allowUnknownCost`.
 */
export interface PricedQuote extends AvailableQuote {
  /** Lower end. */
  minUsd: number;
  /** Upper end. */
  maxUsd: number;
  /** The items that make up the price. */
  lineItems: LineItem[];
  /** Where the price comes from, and of which day it is. A custom model may not say. */
  evidence?: Evidence;
}

/** The price is documented. */
export interface ExactQuote extends PricedQuote {
  /** How reliable the price is. */
  basis: "exact";
  /** The price; `minUsd` and `maxUsd` are the same. */
  totalUsd: number;
}

/** The price depends on something that is not documented: it is between `minUsd` and `maxUsd`. */
export interface RangeQuote extends PricedQuote {
  /** How reliable the price is. */
  basis: "range";
  /** Why it is a range. */
  reason: string;
}

/** The documented price is approximate ("about", "from"), the provider has not published it, or only `duration` says how long a file is. */
export interface EstimateQuote extends PricedQuote {
  /** How reliable the price is. */
  basis: "estimate";
  /** What the documentation says. */
  reason: string;
  /** The price, if it is a single one. */
  totalUsd?: number;
}

/** The price is from a custom model (`models` of the client's options). */
export interface CustomQuote extends PricedQuote {
  /** How reliable the price is. */
  basis: "custom";
  /** The price, if it is a single one. */
  totalUsd?: number;
}

/** Runware's own price of this request, from a dry run (`live: true`). */
export interface LiveQuote extends PricedQuote {
  /** How reliable the price is. */
  basis: "live";
  /** The price; undefined if the response does not tell the price of one video from that of all. */
  totalUsd?: number;
  /** When the provider stated the price, in milliseconds since 1970. */
  quotedAt: number;
}

/** The price is not documented. Such a listing passes `maxCostUsd` only with `allowUnknownCost`. */
export interface UnknownQuote extends AvailableQuote {
  /** How reliable the price is. */
  basis: "unknown";
  /** Why there is no price. */
  reason: string;
}

/** A listing that does not accept the request. */
export interface UnavailableQuote extends ListingRef {
  /** The listing does not accept the request. */
  available: false;
  /** The reasons: errors and warnings. */
  issues: Issue[];
}

/** A price in short, in US dollars, exact to the micro-dollar. */
export interface PricedSummary extends ListingRef {
  /** The listing accepts the request. */
  available: true;
  /** How reliable the price is. */
  basis: "exact" | "range" | "estimate" | "custom";
  /** Lower end. */
  minUsd: number;
  /** Upper end. */
  maxUsd: number;
  /** The price, if it is a single one. */
  totalUsd?: number;
  /** Of which day the price is, and whether the provider published it. A custom model may not say. */
  evidence?: Pick<Evidence, "date" | "firstParty">;
}

/** A listing that accepts the request at a price that is not documented. */
export interface UnknownSummary extends ListingRef {
  /** The listing accepts the request. */
  available: true;
  /** How reliable the price is. */
  basis: "unknown";
  /** Why there is no price. */
  reason: string;
}

/** A listing that does not accept the request. */
export interface UnavailableSummary extends ListingRef {
  /** The listing does not accept the request. */
  available: false;
  /** The first of the reasons. */
  reason: string;
}

/**
 * A quote in short, as a request without a model has it: one of a hundred. Name the model for line items, warnings, all
 * issues and the source of the price.
 */
export type QuoteSummary = PricedSummary | UnknownSummary | UnavailableSummary;

/** The price of a request at one listing, or why the listing does not accept it. */
export type Quote =
  | ExactQuote
  | RangeQuote
  | EstimateQuote
  | CustomQuote
  | LiveQuote
  | UnknownQuote
  | UnavailableQuote;
