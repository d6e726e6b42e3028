import type { ProviderId } from "./common.js";
import type { ModelId } from "./models.js";
import type { Issue } from "./request.js";

/** One line of a quote, such as `8 s at 720p, $0.30 a second`. */
export interface LineItem {
  /** What is paid for. */
  description: string;
  /** The least that it costs, in US dollars. */
  minUsd: number;
  /** The most that it costs, in US dollars. */
  maxUsd: number;
}

/** Which listing a quote is of. */
export interface ListingRef {
  /** Who sells it. */
  provider: ProviderId;
  /** What `model` of a request says. */
  model: ModelId;
  /** The provider's own id for the listing: one provider may sell a model in several. */
  providerModelId: string;
}

/** A listing that can take the request. */
export interface AvailableQuote extends ListingRef {
  /** It can take the request. */
  available: true;
  /** What the caller should know, and may ignore. */
  warnings: Issue[];
}

/** A price, in US dollars, exact to the micro-dollar. `maxCostUsd` goes by `maxUsd`. */
export interface PricedQuote extends AvailableQuote {
  /** The least that it costs. */
  minUsd: number;
  /** The most that it costs. */
  maxUsd: number;
  /** What it is made up of. */
  lineItems: LineItem[];
}

/** The documents fix the price. */
export interface ExactQuote extends PricedQuote {
  /** How sure the price is. */
  basis: "exact";
  /** The price: `minUsd` and `maxUsd` in one. */
  totalUsd: number;
}

/** The documents leave the price open: it is between `minUsd` and `maxUsd`. */
export interface RangeQuote extends PricedQuote {
  /** How sure the price is. */
  basis: "range";
  /** Why it is open. */
  reason: string;
}

/** The documents give the price with "about" or "from". */
export interface EstimateQuote extends PricedQuote {
  /** How sure the price is. */
  basis: "estimate";
  /** What the documents say of it. */
  reason: string;
  /** Present where it is one price. */
  totalUsd?: number;
}

/** The caller's own row says the price. */
export interface CustomQuote extends PricedQuote {
  /** How sure the price is. */
  basis: "custom";
  /** Present where it is one price. */
  totalUsd?: number;
}

/** Nobody documents a price. It never passes `maxCostUsd`, unless `allowUnknownCost` is set. */
export interface UnknownQuote extends AvailableQuote {
  /** How sure the price is. */
  basis: "unknown";
  /** Why there is none. */
  reason: string;
}

/** A listing that cannot take the request. */
export interface UnavailableQuote extends ListingRef {
  /** It cannot take the request. */
  available: false;
  /** Why not: errors and warnings. */
  issues: Issue[];
}

/** What one listing asks for a request, or why it cannot take it. */
export type Quote =
  | ExactQuote
  | RangeQuote
  | EstimateQuote
  | CustomQuote
  | UnknownQuote
  | UnavailableQuote;
