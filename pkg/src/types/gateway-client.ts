import type { Filmgate, FilmgateOptions, GatewaySettings } from "./client.js";
import type { Model, ModelId } from "./models.js";
import type { Quote } from "./quote.js";
import type { ValidationResult, VideoRequest } from "./request.js";

/** Options of `createGatewayClient`. */
export interface GatewayClientOptions
  extends GatewaySettings,
    Pick<FilmgateOptions, "store" | "fetch" | "requestTimeoutMs"> {}

/** What every client has: the jobs. `filmgate/react` and `filmgate/element` take any client of this kind. */
export type JobClient = Pick<
  Filmgate,
  "submit" | "start" | "status" | "generate" | "resume" | "jobs" | "job" | "deleteJob" | "download"
>;

/**
 * A client of a gateway without the WebAssembly module. The jobs are those of the full client; what that answers offline is
 * a request to the gateway here, repeated up to twice if it fails, within `requestTimeoutMs`. `submit`, `start` and
 * `generate` ask the gateway for the quotes first, so the API key has to create and to read. All methods return a promise
 * (`resume` a job) and can be destructured.
 */
export interface GatewayClient extends JobClient {
  /** Returns the gateway's catalog. */
  models(): Promise<readonly Model[]>;
  /** Returns a model of the gateway's catalog, or undefined if it has none with this id. */
  model(id: ModelId): Promise<Model | undefined>;
  /** Returns all problems of a request, for each listing. An invalid request does not reject. */
  validate(request: VideoRequest): Promise<ValidationResult>;
  /** Returns the price at each listing, cheapest first, and why a listing is unavailable. */
  quote(request: VideoRequest): Promise<Quote[]>;
}
