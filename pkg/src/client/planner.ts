import { withImagesInline } from "../util/images.js";
import { CallerRows } from "./custom-models.js";
import * as core from "../core/core.js";
import { FilmgateError } from "../error.js";
import { RunTimes } from "./run-time-history.js";
import type {
  CheckResult,
  FilmgateOptions,
  Model,
  ProviderId,
  Quote,
  SubmitOptions,
  VideoRequest,
} from "../types/index.js";
import type { Settings, Step } from "../core/protocol.js";

export const PROVIDERS: ProviderId[] = ["runpod", "runware"];

/** What is known without asking anyone: the models, a request's problems, its prices, and its orders. */
export class Market {
  readonly runTimes = new RunTimes();
  readonly #options: FilmgateOptions;
  readonly #rows: CallerRows | undefined;

  constructor(options: FilmgateOptions) {
    this.#options = options;
    const { catalogue } = options;
    this.#rows = catalogue == null ? undefined : new CallerRows(catalogue);
  }

  models(): Model[] {
    return core.models(this.#settings());
  }

  check(request: VideoRequest): CheckResult {
    return core.check(withImagesInline(request), this.#settings());
  }

  quote(request: VideoRequest): Quote[] {
    return core.quote(withImagesInline(request), this.#settings());
  }

  /** The jobs to try, the first one first. `keyed`: who can be reached. */
  plan(
    request: VideoRequest,
    { provider, maxCostUsd, allowUnknownCost, timeoutMs }: SubmitOptions,
    keyed: ProviderId[],
    uuid: () => string,
  ): Step[] {
    const wishes = { provider, maxCostUsd, allowUnknownCost, keyed };
    const begun = core.begin(request, wishes, this.#settings(timeoutMs), uuid);
    if (Array.isArray(begun)) return begun;
    throw new FilmgateError({ ...begun.refusal, charge: "none" });
  }

  /** The settings of a job that there is already. */
  limits(timeoutMs?: number): Settings {
    const { allowPrivateHosts, requestTimeoutMs } = this.#options;
    return { allowPrivateHosts, requestTimeoutMs, timeoutMs, ranMs: this.runTimes.toJSON() };
  }

  /** The same with the rows of the caller's, where they are sound. */
  #settings(timeoutMs?: number): Settings {
    return { ...this.limits(timeoutMs), catalogue: this.#rows?.sound() };
  }
}
