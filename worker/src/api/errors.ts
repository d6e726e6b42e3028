// Refusals as answers, in OpenAI's shape, so that its SDKs raise the right class.
import type { ErrorCode } from "filmgate";
import { NOT_FOUND } from "../job/errors.js";
import type { GatewayCode, Refusal } from "../types.js";

type Status = Refusal["status"];

/** The answer's status for each code that the API itself refuses with. */
const STATUSES = {
  invalid_request: 400,
  invalid_request_body: 400,
  unsupported_variant: 400,
  remix_not_supported: 400,
  invalid_image: 400,
  private_url: 400,
  missing_api_key: 400,
  invalid_token: 401,
  unauthorized: 401,
  budget_exceeded: 402,
  model_not_allowed: 403,
  not_found: 404,
  method_not_allowed: 405,
  request_timeout: 408,
  job_not_finished: 409,
  not_ready: 409,
  result_expired: 410,
  payload_too_large: 413,
  unsupported_media_type: 415,
  range_not_satisfiable: 416,
  idempotency_key_reused: 422,
  rate_limited: 429,
  concurrency_limit_exceeded: 429,
  internal_error: 500,
  invalid_response: 502,
  service_unavailable: 503,
} as const satisfies Partial<Record<ErrorCode | GatewayCode, Status>>;

/** A code that the API refuses with. */
export type RefusalCode = keyof typeof STATUSES;

/** Thrown anywhere below a route; answered at the top. */
export class Refused extends Error {
  override readonly name = "Refused";
  readonly refusal: Refusal;

  constructor(refusal: Refusal) {
    super(refusal.message);
    this.refusal = refusal;
  }
}

/** What to throw. */
export function refused(
  code: RefusalCode,
  message: string,
  more: Pick<Refusal, "param" | "issues" | "retryAfterSeconds"> = {},
): Refused {
  return new Refused({ status: STATUSES[code], code, message, ...more });
}

/** No video of this token's: the job's own words, whether there is none, or another has it. */
export const noSuchVideo = (): Refused => new Refused(NOT_FOUND);

/** An address that leads to nothing: none of ours, or one whose file is gone. */
export const nowhere = (): Refused => refused("not_found", "There is nothing at this address.");

/** The answer to a refused call. */
export function answerOf(refusal: Refusal): Response {
  const { status, code, message, param, issues, retryAfterSeconds } = refusal;
  const error = { message, type: typeOf(status), param: param ?? null, code, issues };
  const headers = new Headers({ "cache-control": "no-store" });
  if (retryAfterSeconds !== undefined) headers.set("retry-after", String(retryAfterSeconds));
  if (status === 401) headers.set("www-authenticate", "Bearer");
  return Response.json({ error }, { status, headers });
}

function typeOf(status: Status): string {
  if (status === 401) return "authentication_error";
  if (status === 402) return "insufficient_quota";
  if (status === 429) return "rate_limit_error";
  return status >= 500 ? "api_error" : "invalid_request_error";
}
