import type { GatewayConnection } from "../gateway/connection.js";
import { GatewayJobs } from "../gateway/jobs.js";
import type { JobPlan } from "../gateway/jobs.js";
import { withHostedImages } from "../gateway/request-body.js";
import type {
  FilmgateOptions,
  GatewayClient,
  Model,
  ModelId,
  Quote,
  SubmitOptions,
  ValidationResult,
  VideoRequest,
} from "../types/index.js";
import { RemotePlanner } from "./remote-planner.js";

/** A client of a gateway that lets the gateway validate, quote and plan. */
export class RemoteClient extends GatewayJobs implements GatewayClient {
  readonly #planner: RemotePlanner;

  constructor(options: FilmgateOptions, connection: GatewayConnection, limitMs: number) {
    super(options, connection);
    this.#planner = new RemotePlanner(connection, limitMs);
  }

  async models(): Promise<readonly Model[]> {
    return this.#planner.models();
  }

  async model(id: ModelId): Promise<Model | undefined> {
    return this.#planner.model(id);
  }

  async validate(request: VideoRequest): Promise<ValidationResult> {
    return this.#planner.validate(withHostedImages(request));
  }

  async quote(request: VideoRequest): Promise<Quote[]> {
    return this.#planner.quote(withHostedImages(request));
  }

  protected async plan(request: VideoRequest, options: SubmitOptions, uuid: () => string): Promise<JobPlan[]> {
    return this.#planner.plan(withHostedImages(request), options, uuid);
  }
}
