import type { ProviderId } from "./common.js";
import type { ModelId } from "./models.js";
import type { Issue } from "./request.js";

/** One line of a quote, such as `8 s at 720p, $0.30 a second`. */
export interface QuoteLine {
  label: string;
  minUsd: number;
  maxUsd: number;
}

/** Which listing a quote is of. */
interface Quoted {
  provider: ProviderId;
  model: ModelId;
  /** The provider's own id for the listing: one provider may sell a model in several. */
  wireId: string;
}

interface Available extends Quoted {
  available: true;
  /** What the caller should know, and may ignore. */
  warnings: Issue[];
}

interface Priced extends Available {
  minUsd: number;
  maxUsd: number;
  lines: QuoteLine[];
}

/**
 * What one listing asks for a request, or why it cannot take it. US dollars, exact to the
 * micro-dollar.
 */
export type Quote =
  /** The documents fix the price. */
  | (Priced & { basis: "exact"; totalUsd: number })
  /** The documents leave it open, for the reason given: between `minUsd` and `maxUsd`. */
  | (Priced & { basis: "range"; reason: string })
  /** The documents give it with "about" or "from"; `totalUsd` where that is one price. */
  | (Priced & { basis: "approximate"; reason: string; totalUsd?: number })
  /** The caller's own row says so; `totalUsd` where that is one price. */
  | (Priced & { basis: "caller"; totalUsd?: number })
  /** Nobody documents a price. It never passes `maxCostUsd`, unless `allowUnknownCost` is set. */
  | (Available & { basis: "unknown"; reason: string })
  | (Quoted & { available: false; issues: Issue[] });
