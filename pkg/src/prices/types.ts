import type { Condition, ListingRef, ModelId, Price } from "../types/index.js";

/** Options of `refreshPrices`. */
export interface RefreshPricesOptions {
  /**
   * The models whose prices at Runware are refreshed.
   *
   * @default all models of the catalog
   */
  models?: ModelId[] | undefined;
  /**
   * Base URL of Runware's public prices, or of a proxy or simulator in front of them. It is shown as the source.
   *
   * @default "https://content.runware.ai"
   */
  baseURL?: string | undefined;
  /** Stops the refresh. The call rejects with the signal's reason, and no price changes. */
  signal?: AbortSignal | undefined;
  /**
   * Time limit of the whole call, in milliseconds. Listings without a response by then are `failed`.
   *
   * @default `requestTimeoutMs` of the client
   */
  timeoutMs?: number | undefined;
}

/** The result of `refreshPrices`. */
export interface PriceRefresh {
  /** When the prices were refreshed, in milliseconds since 1970. */
  refreshedAt: number;
  /** One entry for each of Runware's listings that was asked about. */
  listings: RefreshedListing[];
}

/** What became of the prices of one listing. */
export interface RefreshedListing extends ListingRef {
  /**
   * - `refreshed`: all of its prices are those that Runware publishes now.
   * - `unmapped`: the published prices cannot be assigned to its conditions without doubt. Its prices stay.
   * - `unknown`: Runware has no prices of this model. It may be retired. Its prices stay.
   * - `failed`: there is no valid response. Its prices stay.
   */
  status: "refreshed" | "unmapped" | "unknown" | "failed";
  /** The prices that changed; empty unless `refreshed`. */
  changes: PriceChange[];
  /** Why the prices stay. */
  reason?: string;
}

/** A price that changed. */
export interface PriceChange {
  /** Conditions of the price. */
  when: Condition[];
  /** Its unit. */
  per: Price["per"];
  /** US dollars before. */
  beforeUsd: number;
  /** US dollars now. */
  afterUsd: number;
}
