import { withImagesInline } from "../util/images.js";
import { CallerRows } from "./custom-models.js";
import { call } from "../core/instance.js";
import { FilmgateError } from "../error.js";
import { RunTimes } from "./run-time-history.js";
import type {
  ValidationResult,
  FilmgateOptions,
  Model,
  ProviderId,
  Quote,
  SubmitOptions,
  VideoRequest,
} from "../types/index.js";
import type { RefusalFacts, Settings, Step } from "../core/protocol.js";

export const PROVIDERS: ProviderId[] = ["runpod", "runware"];

/** What is known without asking anyone: the models, a request's problems, its prices, and its orders. */
export class Market {
  readonly runTimes = new RunTimes();
  readonly #options: FilmgateOptions;
  readonly #rows: CallerRows | undefined;

  constructor(options: FilmgateOptions) {
    this.#options = options;
    const { models } = options;
    this.#rows = models == null ? undefined : new CallerRows(models);
  }

  models(): Model[] {
    const settings = this.#settings();
    return call((core) => core.models(settings)) as Model[];
  }

  validate(request: VideoRequest): ValidationResult {
    const [whole, settings] = [withImagesInline(request), this.#settings()];
    return call((core) => core.validate(whole, settings)) as ValidationResult;
  }

  quote(request: VideoRequest): Quote[] {
    const [whole, settings] = [withImagesInline(request), this.#settings()];
    return call((core) => core.quote(whole, settings)) as Quote[];
  }

  /** The jobs to try, the first one first. `keyed`: who can be reached. */
  plan(
    request: VideoRequest,
    { provider, maxCostUsd, allowUnknownCost, timeoutMs }: SubmitOptions,
    keyed: ProviderId[],
    uuid: () => string,
  ): Step[] {
    const wishes = { provider, maxCostUsd, allowUnknownCost, keyed };
    const settings = this.#settings(timeoutMs);
    const begun = call((core) => core.begin(request, wishes, settings, Date.now(), uuid)) as
      Step[] | { refusal: RefusalFacts };
    if (Array.isArray(begun)) return begun;
    throw new FilmgateError({ ...begun.refusal, charge: "none" });
  }

  /** The settings of a job that there is already. */
  limits(timeoutMs?: number): Settings {
    const { allowPrivateHosts, requestTimeoutMs } = this.#options;
    return { allowPrivateHosts, requestTimeoutMs, timeoutMs, runTimeHistoryMs: this.runTimes.toJSON() };
  }

  /** The same with the rows of the caller's, where they are sound. */
  #settings(timeoutMs?: number): Settings {
    return { ...this.limits(timeoutMs), catalog: this.#rows?.sound() };
  }
}
