import { inlineImages } from "../util/images.js";
import { CustomModels } from "./custom-models.js";
import * as core from "../core/core.js";
import { FilmgateError } from "../error.js";
import type {
  FilmgateOptions,
  Model,
  ProviderId,
  Quote,
  SubmitOptions,
  ValidationResult,
  VideoRequest,
} from "../types/index.js";
import type { Settings, Step } from "../core/protocol.js";

export const PROVIDERS: ProviderId[] = ["runpod", "runware"];

/** Everything that needs no network: the catalog, the validation of a request, its quotes and its plan. */
export class Planner {
  readonly runTimeHistory = new RunTimeHistory();
  readonly #options: FilmgateOptions;
  readonly #customModels: CustomModels | undefined;

  constructor(options: FilmgateOptions) {
    this.#options = options;
    const { models } = options;
    this.#customModels = models == null ? undefined : new CustomModels(models);
  }

  models(): Model[] {
    return core.models(this.#catalogSettings());
  }

  validate(request: VideoRequest): ValidationResult {
    return core.validate(inlineImages(request), this.#catalogSettings());
  }

  quote(request: VideoRequest): Quote[] {
    return core.quote(inlineImages(request), this.#catalogSettings());
  }

  /** The jobs to try, in order. `providers`: those that can be called. Throws if there is none to try. */
  plan(
    request: VideoRequest,
    { provider, maxCostUsd, allowUnknownCost, timeoutMs }: SubmitOptions,
    providers: ProviderId[],
    uuid: () => string,
  ): Step[] {
    const options = { provider, maxCostUsd, allowUnknownCost, availableProviders: providers };
    const planned = core.plan(request, options, this.#catalogSettings(timeoutMs), uuid);
    if (Array.isArray(planned)) return planned;
    throw new FilmgateError({ ...planned.error, charge: "none" });
  }

  /** The settings of an existing job. */
  settings(timeoutMs?: number): Settings {
    const { allowPrivateHosts, requestTimeoutMs } = this.#options;
    const runTimeHistoryMs = this.runTimeHistory.toJSON();
    return { allowPrivateHosts, requestTimeoutMs, timeoutMs, runTimeHistoryMs };
  }

  /** The settings with the custom models. Throws if these are invalid. */
  #catalogSettings(timeoutMs?: number): Settings {
    return { ...this.settings(timeoutMs), models: this.#customModels?.validated() };
  }
}

const MAX_RUN_TIMES = 64;

/** Run times of the last jobs of each listing, in milliseconds, by `provider:providerModelId`. */
export class RunTimeHistory {
  readonly #byListing = new Map<string, number[]>();

  record(listing: string, ms: number): void {
    const latest = [...(this.#byListing.get(listing) ?? []), ms].slice(-MAX_RUN_TIMES);
    this.#byListing.set(listing, latest);
  }

  toJSON(): Record<string, number[]> {
    return Object.fromEntries(this.#byListing);
  }
}
