import type { ProviderChoice, VideoRequest } from "filmgate";

/** Where the request of the page goes: simulated providers, the user's own API keys, or a gateway. */
export type CodeEnvironment = "simulated" | "keys" | "gateway";

/** A program to copy. */
export interface CodeTab {
  id: "node" | "browser" | "curl" | "ai-sdk" | "openai";
  /** Name of the tab. */
  label: string;
  /** Language of `text`, for highlighting. */
  language: "js" | "html" | "bash";
  text: string;
}

/** An image that the request has as a data URI, and the file that it came from. */
export interface CodeImage {
  /** The data URI, exactly as in the request. */
  uri: string;
  /** Name of the file. */
  name: string;
}

/** How the request is sent. All are optional. */
export interface CodeOptions {
  /** @default "cheapest" */
  provider?: ProviderChoice;
  maxCostUsd?: number;
  allowUnknownCost?: boolean;
  /** URL of the gateway. In the simulated environment: that of `npm start`. */
  gatewayUrl?: string;
  /** The images from files: the programs read them from a file of that name. */
  images?: readonly CodeImage[];
  /**
   * Id of the video in the curl programs, a UUID v4: running one twice does not pay twice.
   *
   * @default a random UUID
   */
  idempotencyKey?: string;
}

/** A request with a model and a prompt, its images replaced by the code that reads them. */
export interface CodeRequest {
  request: VideoRequest;
  environment: CodeEnvironment;
  options: Required<Pick<CodeOptions, "gatewayUrl" | "images" | "idempotencyKey">> & CodeOptions;
}
