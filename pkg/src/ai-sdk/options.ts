import { CREATE } from "../client/create-options.js";
import { SUBMIT_DEFAULTS } from "../client/options.js";
import { FUNCTION, SECRET, readOptions } from "../util/options.js";
import type { Kind } from "../util/options.js";
import type {
  Filmgate,
  FilmgateOptions,
  Handle,
  Json,
  ProviderChoice,
  SubmitOptions,
  VideoRequest,
} from "../types/index.js";

/** `T` without values that JSON cannot represent, such as images as bytes. */
export type JsonCompatible<T> = T extends Json
  ? T
  : T extends URL | Blob | ArrayBuffer | ArrayBufferView
    ? never
    : T extends object
      ? { [Name in keyof T]: JsonCompatible<T[Name]> }
      : T;

/** Submit options of all calls. A call can override them. */
export interface SubmitDefaults {
  /**
   * The providers to use.
   *
   * @default "cheapest"
   */
  provider?: ProviderChoice | undefined;
  /** Rejects, before anything is sent, if all videos of a call together may cost more. */
  maxCostUsd?: number | undefined;
  /**
   * Whether a listing without a known price passes `maxCostUsd`.
   *
   * @default false
   */
  allowUnknownCost?: boolean | undefined;
  /**
   * How long `doGenerate` waits for the end, in milliseconds.
   *
   * @default 3_600_000 (one hour)
   */
  timeoutMs?: number | undefined;
}

/**
 * `providerOptions.filmgate`: fields of a `VideoRequest` that the AI SDK does not have, such as `resolution: "720p"`, and
 * submit options. Write `satisfies FilmgateVideoOptions` after the object.
 */
export type FilmgateVideoOptions = {
  [Field in Exclude<keyof VideoRequest, "model" | "prompt" | "n">]?: JsonCompatible<VideoRequest[Field]> | undefined;
} & { [Option in keyof SubmitDefaults]?: SubmitDefaults[Option] };

/** Options of a provider. All are optional. */
export interface FilmgateProviderOptions extends FilmgateOptions, SubmitDefaults {
  /**
   * The client to use.
   *
   * @default a client with these options
   */
  client?: Filmgate | undefined;
  /**
   * Called with the handle of each accepted job, before its result is awaited. Errors of the AI SDK itself, such as its
   * polling timeout, do not carry the handle that finds the job again.
   */
  onSubmitted?: ((handle: Handle) => void | PromiseLike<void>) | undefined;
  /** A long random secret. Adds a token of the job to its webhook URL, for `client.verifyWebhook`. */
  webhookSecret?: string | undefined;
}

const OBJECT: Kind = ["a client", (value) => typeof value.submit === "function"];
const OWN = { ...SUBMIT_DEFAULTS, client: OBJECT, onSubmitted: FUNCTION, webhookSecret: SECRET };

/** The options, and those of them for a client. */
export function providerOptions(given: unknown): { options: FilmgateProviderOptions; clientOptions: FilmgateOptions } {
  const options = readOptions<FilmgateProviderOptions>(given, { ...CREATE, ...OWN });
  const forClient = Object.entries(options).filter(([name]) => Object.hasOwn(CREATE, name));
  return { options, clientOptions: Object.fromEntries(forClient) };
}

export function submitOptionsOf(defaults: SubmitDefaults): SubmitOptions {
  const { provider, maxCostUsd, allowUnknownCost, timeoutMs } = defaults;
  return {
    ...(provider !== undefined && { provider }),
    ...(maxCostUsd !== undefined && { maxCostUsd }),
    ...(allowUnknownCost !== undefined && { allowUnknownCost }),
    ...(timeoutMs !== undefined && { timeoutMs }),
  };
}
