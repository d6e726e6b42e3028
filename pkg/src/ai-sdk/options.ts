import type {
  Filmgate,
  FilmgateOptions,
  Handle,
  Json,
  ProviderChoice,
  SubmitOptions,
  VideoRequest,
} from "../types/index.js";

/** The same without what JSON cannot hold: pictures as bytes. */
export type JsonCompatible<T> = T extends Json
  ? T
  : T extends Uint8Array
    ? never
    : T extends object
      ? { [Name in keyof T]: JsonCompatible<T[Name]> }
      : T;

/** What is wished of every submit, unless the call says otherwise. */
export interface SubmitDefaults {
  /** One provider, an order of preference, or `cheapest`, which is the default. */
  provider?: ProviderChoice;
  /** Refuses, before anything is sent, where all videos of a call together may cost more. */
  maxCostUsd?: number;
  /** Lets a listing without a known price pass `maxCostUsd`. */
  allowUnknownCost?: boolean;
  /** How long `doGenerate` waits for the end, in milliseconds. Default: one hour. */
  timeoutMs?: number;
}

/**
 * `providerOptions.filmgate`: the fields of a request that the AI SDK has no word for, such as `resolution:
 * "720p"`, and what is wished of the submit. Write `satisfies FilmgateVideoOptions` behind it.
 */
export type FilmgateVideoOptions = {
  [Field in Exclude<keyof VideoRequest, "model" | "prompt" | "n">]?: JsonCompatible<VideoRequest[Field]>;
} & { [Wish in keyof SubmitDefaults]?: SubmitDefaults[Wish] };

/** What a provider is made with. All of it can be left out. */
export interface FilmgateProviderOptions extends FilmgateOptions, SubmitDefaults {
  /** A client of yours, in place of one made from these options. */
  client?: Filmgate;
  /**
   * Hears of each job that a provider has taken, before it is waited for. The AI SDK's own errors, such as that of
   * its polling time, know nothing of the job: the handle finds it again.
   */
  onSubmitted?: (handle: Handle) => void | PromiseLike<void>;
  /**
   * Adds a token of the job's own to the address of its webhook, by which `client.verifyWebhook` knows it. A
   * long random text that nobody else knows.
   */
  webhookSecret?: string;
}

/** What `submit` takes of the wishes. */
export function wishesOf(from: SubmitDefaults): SubmitOptions {
  const { provider, maxCostUsd, allowUnknownCost, timeoutMs } = from;
  return {
    ...(provider !== undefined && { provider }),
    ...(maxCostUsd !== undefined && { maxCostUsd }),
    ...(allowUnknownCost !== undefined && { allowUnknownCost }),
    ...(timeoutMs !== undefined && { timeoutMs }),
  };
}
