import type { GatewayConnection } from "../gateway/connection.js";
import { GatewayJobs } from "../gateway/jobs.js";
import type { JobPlan } from "../gateway/jobs.js";
import { FilmgateError } from "../error.js";
import { withHostedImages, withOwnImages } from "../gateway/request-body.js";
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
    const hosted = withHostedImages(request);
    return withOwnImages(await this.#planner.validate(hosted), hosted);
  }

  async quote(request: VideoRequest): Promise<Quote[]> {
    const hosted = withHostedImages(request);
    return withOwnImages(await this.#planner.quote(hosted), hosted);
  }

  protected async plan(request: VideoRequest, options: SubmitOptions, uuid: () => string): Promise<JobPlan[]> {
    try {
      return await this.#planner.plan(request, options, uuid);
    } catch (error) {
      if (!(error instanceof FilmgateError)) throw error;
      throw Object.assign(error, { issues: withOwnImages(error.issues, request) });
    }
  }
}
