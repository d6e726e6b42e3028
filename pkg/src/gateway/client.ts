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
import { inlineImage } from "../util/images.js";
import { OutsideText } from "../util/outside-text.js";
import { HOSTED_IMAGE, withHostedImages } from "./request-body.js";

/** The request as a provider receives it. Its fixes have the caller's images. */
function hosted<T>(request: T): T {
  const ownOf = (image: unknown) => () => inlineImage(image);
  return withHostedImages(request, (image) => new OutsideText(HOSTED_IMAGE, HOSTED_IMAGE.length, ownOf(image)));
}

/** A client of a gateway that validates, quotes and plans with the module. */
export class GatewayClient extends withCatalog(GatewayJobs) implements Filmgate {
  /** The gateway knows which providers it has API keys for. */
  protected plan(request: VideoRequest, options: SubmitOptions, uuid: () => string): JobPlan[] {
    return this.planner.plan(hosted(request), options, uuid);
  }

  override validate(request: VideoRequest): ValidationResult {
    return super.validate(hosted(request));
  }

  override quoteOffline(request: VideoRequest): readonly Quote[] {
    return super.quoteOffline(hosted(request));
  }

  override quoteInShort(request: VideoRequest): Quotes {
    return super.quoteInShort(hosted(request));
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
