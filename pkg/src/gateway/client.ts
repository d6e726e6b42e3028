import { withCatalog, type Quotes } from "../client/catalog.js";
import { probeOptions } from "../client/options.js";
import { FilmgateError } from "../error.js";
import type {
  Filmgate,
  ProbeOptions,
  ProbeResult,
  Quote,
  SubmitOptions,
  ValidationResult,
  VideoRequest,
} from "../types/index.js";
import { GatewayJobs, noWebhook } from "./jobs.js";
import type { JobPlan } from "./jobs.js";
import { withHostedImages } from "./request-body.js";

/** A client of a gateway that validates, quotes and plans with the module. */
export class GatewayClient extends withCatalog(GatewayJobs) implements Filmgate {
  /** The gateway knows which providers it has API keys for. */
  protected plan(request: VideoRequest, options: SubmitOptions, uuid: () => string): JobPlan[] {
    return this.planner.plan(request, options, uuid);
  }

  override validate(request: VideoRequest): ValidationResult {
    return super.validate(withHostedImages(request));
  }

  override quoteOffline(request: VideoRequest): readonly Quote[] {
    return super.quoteOffline(withHostedImages(request));
  }

  override quoteInShort(request: VideoRequest): Quotes {
    return super.quoteInShort(withHostedImages(request));
  }

  override async quoteLive(): Promise<never> {
    const message = "A gateway has no live quotes. Call `quote` without `live`. Nothing was sent.";
    throw new FilmgateError({ code: "invalid_request", message });
  }

  async probe(options: ProbeOptions = {}): Promise<ProbeResult[]> {
    const { models } = probeOptions(options);
    const reason = "A gateway cannot ask the providers.";
    return this.planner.listings(models).map((listing) => ({ ...listing, status: "unknown", reason }));
  }

  async verifyWebhook(): Promise<never> {
    throw noWebhook();
  }

  async handleWebhook(): Promise<never> {
    throw noWebhook();
  }
}
