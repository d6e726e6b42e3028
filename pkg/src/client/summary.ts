import type { Listing, Mode, Model, ModelSummary, SummaryPrice } from "../types/index.js";
import { toMicroUsd, toUsd } from "../util/micro-usd.js";

const BY_STATE = ["live", "unverified", "retired"] as const;

/** What a list or an agent needs to choose a model. */
export function summaryOf({ id, name, creator, listings }: Model): ModelSummary {
  const status = BY_STATE.find((state) => listings.some((listing) => listing.status.state === state)) ?? "unverified";
  const offered = listings.filter((listing) => listing.status.state === status);
  const modes = [...new Set<Mode>(offered.flatMap((listing) => listing.modes))];
  const [cheapestPrice] = offered.flatMap(pricesOf).sort((a, b) => rank(a) - rank(b) || a.usd - b.usd);
  return { id, name, creator, modes, status, ...(cheapestPrice && { cheapestPrice }) };
}

/** A block counts by its seconds. */
function pricesOf({ provider, prices, evidence }: Listing): SummaryPrice[] {
  return prices.map((price) => ({
    provider,
    usd: price.per === "block" ? toUsd(Math.round(toMicroUsd(price.usd) / (price.blockSeconds ?? 1))) : price.usd,
    per: price.per === "video" ? "video" : "second",
    basis: price.basis,
    firstParty: (price.evidence ?? evidence)?.firstParty ?? true,
  }));
}

/** Prices that the provider has published come first, and those of a second before those of a video. */
const rank = ({ firstParty, per }: SummaryPrice) => (firstParty ? 0 : 2) + (per === "second" ? 0 : 1);
