import type { ModelId } from "./models.js";
import type { ListingRef } from "./quote.js";

/** Options of `probe`. */
export interface ProbeOptions {
  /**
   * The models to ask about.
   *
   * @default all models of the catalog
   */
  models?: ModelId[] | undefined;
  /** Stops waiting; the call rejects with the signal's reason. */
  signal?: AbortSignal | undefined;
}

/** Whether a provider still offers a listing. */
export interface ProbeResult extends ListingRef {
  /** `live`: the provider has it. `gone`: the provider does not know it. `unknown`: see `reason`. */
  status: "live" | "gone" | "unknown";
  /** Why the status is unknown. */
  reason?: string;
}
