import { FilmgateError } from "../error.js";
import { retryDelayMs } from "../gateway/connection.js";
import type { GatewayConnection, GatewayRequest } from "../gateway/connection.js";
import { RetryableError } from "../gateway/errors.js";
import { GatewayJobs } from "../gateway/jobs.js";
import type { JobPlan } from "../gateway/jobs.js";
import { bodyOf, withHostedImages } from "../gateway/request-body.js";
import { invalidOption } from "../util/options.js";
import { toMicroUsd } from "../util/micro-usd.js";
import { sleep } from "../util/sleep.js";
import { snapshotOf } from "../util/snapshot.js";
import type {
  FilmgateOptions,
  GatewayClient,
  Handle,
  Issue,
  Model,
  ModelId,
  Quote,
  SubmitOptions,
  ValidationResult,
  VideoRequest,
} from "../types/index.js";

/** A read that fails is repeated; more often, somebody waits for nothing. */
const MAX_TRIES = 3;
const DEFAULT_TIMEOUT_MS = 3_600_000;
/** Names of options, which a request must not have: the gateway reads both from one object. */
const OPTION_NAMES = ["provider", "maxCostUsd", "allowUnknownCost", "applyOpenAIDefaults"];

const NO_GATEWAY = "The response is not a gateway's, or that of another version. Check the gateway's `url`.";

type AvailableQuote = Extract<Quote, { available: true }>;

/** A client of a gateway that lets the gateway validate, quote and plan. */
export class RemoteClient extends GatewayJobs implements GatewayClient {
  readonly #connection: GatewayConnection;
  readonly #limitMs: number;

  /** `limitMs`: how long a read may be repeated. */
  constructor(options: FilmgateOptions, connection: GatewayConnection, limitMs: number) {
    super(options, connection);
    this.#connection = connection;
    this.#limitMs = limitMs;
  }

  async models(): Promise<Model[]> {
    const { data } = await this.#read({ path: "/models" });
    return listOf<{ filmgate: unknown }>(data).map(({ filmgate }) => objectOf(filmgate));
  }

  async model(id: ModelId): Promise<Model | undefined> {
    try {
      return objectOf((await this.#read({ path: `/models/${encodeURIComponent(id)}` })).filmgate);
    } catch (error) {
      if (codeOf(error) === "job_not_found") return undefined;
      throw error;
    }
  }

  async validate(request: VideoRequest): Promise<ValidationResult> {
    try {
      const { ok, issues, listings } = await this.#post("/validate", request);
      return { ok: ok === true, issues: listOf(issues), listings: listOf(listings) };
    } catch (error) {
      if (codeOf(error) !== "invalid_request") throw error;
      return { ok: false, issues: issuesOf(error as FilmgateError), listings: [] };
    }
  }

  async quote(given: VideoRequest): Promise<Quote[]> {
    const request = snapshotOf(given);
    try {
      return listOf((await this.#post("/quotes", request)).data);
    } catch (error) {
      if (codeOf(error) !== "invalid_request") throw error;
      const { issues, listings } = await this.validate(request);
      return listings.map(({ ok: _ok, issues: own, ...listing }) => ({
        ...listing,
        available: false,
        issues: [...issues, ...own],
      }));
    }
  }

  /** The job to submit. The response to the submit has the last word on its listing. */
  protected async plan(request: VideoRequest, options: SubmitOptions, uuid: () => string): Promise<JobPlan[]> {
    const { timeoutMs = DEFAULT_TIMEOUT_MS } = options;
    const deadline = Date.now() + timeoutMs;
    const quote = objectOf<AvailableQuote>((await this.#post("/plan", request, options)).quote);
    const { provider, model, providerModelId } = quote;
    const handle: Handle = {
      ...{ version: 1, provider, model, providerModelId },
      id: uuid(),
      n: request.n ?? 1,
      createdAt: Date.now(),
      ...("maxUsd" in quote && { quote: { min: toMicroUsd(quote.minUsd), max: toMicroUsd(quote.maxUsd) } }),
    };
    return [{ state: { handle, deadline } }];
  }

  async #post(path: string, request: VideoRequest, options: SubmitOptions = {}) {
    const headers = { "content-type": "application/json" };
    const body = checkedBody(withHostedImages(request), options);
    return this.#read({ method: "POST", path, headers, body }, options);
  }

  async #read(
    request: GatewayRequest,
    { signal = new AbortController().signal, timeoutMs = Infinity }: SubmitOptions = {},
  ): Promise<Record<string, unknown>> {
    const due = performance.now() + Math.min(this.#limitMs, timeoutMs);
    for (let tries = 1; ; tries++) {
      try {
        const { json } = await this.#connection.send(request, signal);
        if (Object(json) === json) return json as Record<string, unknown>;
        throw new RetryableError("invalid_response", NO_GATEWAY, false);
      } catch (error) {
        if (!(error instanceof RetryableError)) throw error;
        const waitMs = Math.max(error.waitMs, retryDelayMs(tries));
        if (tries === MAX_TRIES || performance.now() + waitMs > due) throw unanswered(error);
        await sleep(waitMs, signal);
      }
    }
  }
}

/** The body of a create request, if JSON can express the request. */
function checkedBody(request: VideoRequest, options: SubmitOptions): string {
  const misplaced = OPTION_NAMES.find((name) => name in Object(request));
  if (misplaced !== undefined) {
    const message = `\`${misplaced}\` is not a field of a request. Pass it to \`submit\`.`;
    throw invalidOption(misplaced, "unrecognized_field", message);
  }
  try {
    JSON.stringify(request, expressible);
    return bodyOf(request, options, new Map());
  } catch {
    // What was thrown may quote the request.
    const message = "The request must be an object of values that JSON can express.";
    throw invalidOption("", "invalid_type", message);
  }
}

/** JSON would drop these or replace them by `null`, and the gateway would price another request. */
function expressible(_: string, value: unknown): unknown {
  const isLost = typeof value === "number" ? !Number.isFinite(value) : /^(function|symbol)$/.test(typeof value);
  if (isLost) throw new TypeError("JSON cannot express the value.");
  return value;
}

/** Nothing was submitted: a read creates nothing. */
function unanswered({ code, message, cause }: RetryableError): FilmgateError {
  return new FilmgateError({ code, message: `${message} Nothing was submitted.`, retryable: true, cause });
}

function issuesOf({ message, issues }: FilmgateError): Issue[] {
  return issues[0] ? issues : [{ severity: "error", path: "", code: "unsupported", message }];
}

function objectOf<T>(value: unknown): T {
  if (Object(value) === value) return value as T;
  throw new FilmgateError({ code: "invalid_response", message: NO_GATEWAY });
}

function listOf<T>(value: unknown): T[] {
  return Array.isArray(value) ? value.map(objectOf<T>) : objectOf(undefined);
}

const codeOf = (error: unknown) => (error instanceof FilmgateError ? error.code : undefined);
