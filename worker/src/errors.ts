// Errors of the API, in OpenAI's shape, so that its SDKs raise the right class.
import { FilmgateError } from "filmgate/gateway-server";
import type { ErrorCode } from "filmgate";
import type { ApiErrorDetails, GatewayCode } from "./types.js";

type HttpStatus = ApiErrorDetails["status"];

/** The HTTP status of each code. */
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
  insufficient_scope: 403,
  not_found: 404,
  no_poster: 404,
  not_offered: 404,
  method_not_allowed: 405,
  request_timeout: 408,
  conflict: 409,
  job_not_finished: 409,
  not_ready: 409,
  result_expired: 410,
  expired: 410,
  payload_too_large: 413,
  unsupported_media_type: 415,
  range_not_satisfiable: 416,
  // Not 5xx: clients retry these by themselves.
  submission_unknown: 409,
  idempotency_key_reused: 422,
  rate_limited: 429,
  concurrency_limit_exceeded: 429,
  internal_error: 500,
  invalid_response: 502,
  service_unavailable: 503,
} as const satisfies Partial<Record<ErrorCode | GatewayCode, HttpStatus>>;

export type ApiErrorCode = keyof typeof STATUSES;

/** Thrown anywhere below a route; the top turns it into a response. */
export class ApiError extends Error {
  override readonly name = "ApiError";
  readonly details: ApiErrorDetails;

  constructor(details: ApiErrorDetails) {
    super(details.message);
    this.details = details;
  }
}

export function apiError(
  code: ApiErrorCode,
  message: string,
  more: Pick<ApiErrorDetails, "param" | "issues" | "retryAfterSeconds" | "mayRetryItself"> = {},
): ApiError {
  return new ApiError({ status: STATUSES[code], code, message, ...more });
}

/** The path is unknown, or its file is gone. */
export const notFound = (): ApiError => apiError("not_found", "There is nothing at this URL.");

/** A video that does not exist, was deleted, or belongs to another account or user: always the same error. */
export const VIDEO_NOT_FOUND: ApiErrorDetails = {
  status: 404,
  code: "not_found",
  message: "No such video.",
  param: "video_id",
};

export const EXPIRED: ApiErrorDetails = {
  status: 410,
  code: "expired",
  message: "The video has expired: its file is not stored any more. Generate it again.",
};

export const videoNotFound = (): ApiError => new ApiError(VIDEO_NOT_FOUND);

export function errorResponse(details: ApiErrorDetails): Response {
  const { status, code, message, param, issues, retryAfterSeconds, mayRetryItself } = details;
  const error = { message, type: typeOf(status), param: param ?? null, code, issues };
  const headers = new Headers({ "cache-control": "no-store" });
  if (retryAfterSeconds !== undefined) headers.set("retry-after", String(retryAfterSeconds));
  if (mayRetryItself === false) headers.set("x-should-retry", "false");
  if (status === 401) headers.set("www-authenticate", "Bearer");
  return Response.json({ error }, { status, headers });
}

/** `methods`: those of the path, such as `GET, HEAD`. */
export function methodNotAllowed(methods: string): Response {
  const response = errorResponse(apiError("method_not_allowed", `This path accepts ${methods}.`).details);
  response.headers.set("allow", methods);
  return response;
}

/** Whether the published SDKs repeat a request by themselves after that answer. */
export const isRetriedBySdks = ({ status, mayRetryItself }: { status: number; mayRetryItself?: boolean }): boolean =>
  mayRetryItself !== false && (status === 408 || status === 409 || status === 429 || status >= 500);

function typeOf(status: HttpStatus): string {
  if (status === 401) return "authentication_error";
  if (status === 402) return "insufficient_quota";
  if (status === 429) return "rate_limit_error";
  return status >= 500 ? "api_error" : "invalid_request_error";
}

/** A stable name for the log. The message of a foreign error may quote a URL, so it is never logged. */
export function errorCode(error: unknown): string {
  if (error instanceof FilmgateError) return error.code;
  return error instanceof Error ? error.name : "unknown";
}
