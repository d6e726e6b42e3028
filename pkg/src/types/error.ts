import type { Json, ProviderId } from "./common.js";
import type { Charge, Handle } from "./job.js";
import type { Issue } from "./request.js";

/** A stable code for each way in which a call can fail. */
export type ErrorCode =
  /** The request or an option is invalid: see `issues`. Nothing was sent. */
  | "invalid_request"
  /** Every quote exceeds `maxCostUsd`. Nothing was sent. */
  | "budget_exceeded"
  /** There is no API key for the provider. Nothing was sent. */
  | "missing_api_key"
  /**
   * The store failed: if the record could not be written, nothing was sent. Or the file of a download, with the charge
   * `charged`.
   */
  | "store_error"
  /** The provider rejects the API key, or a webhook URL does not carry the token of its job. */
  | "unauthorized"
  /** Credits, quota or balance are insufficient. */
  | "insufficient_quota"
  /** Too many requests, until the timeout. Nothing was accepted. */
  | "rate_limited"
  /** The provider rejects the content. */
  | "content_policy_violation"
  /** The provider rejects the request. */
  | "bad_request"
  /** The model is unknown or disabled, or the endpoint does not exist. */
  | "model_unavailable"
  /** The generation failed at the provider. */
  | "generation_failed"
  /** The provider's time limit for the job was exceeded. */
  | "generation_timeout"
  /** The job was cancelled, by `cancel` or at the provider. */
  | "cancelled"
  /** The result is past the provider's retention, or the URL of a video has expired. */
  | "result_expired"
  /**
   * The response to the submit was lost, and its outcome cannot be determined. The job may have been billed. It is
   * never submitted again.
   */
  | "submission_unknown"
  /** `timeoutMs` was exceeded. The job continues: resume it by its handle. */
  | "timeout"
  /** The connection failed, or a browser blocked the response (CORS). */
  | "connection_error"
  /** The response does not have a known form, or a completed job has no video. */
  | "invalid_response"
  /** The store has no such job, or the handle is invalid. */
  | "job_not_found"
  /** filmgate failed. A job that exists continues: resume it by its handle. */
  | "internal_error";

/** Options of `new FilmgateError`. */
export interface FilmgateErrorOptions {
  /** Stable code of the error. */
  code: ErrorCode;
  /** Description for people. Holds no key and no prompt. */
  message: string;
  /** The provider involved, if any. */
  provider?: ProviderId | undefined;
  /**
   * Whether something was billed.
   *
   * @default "none"
   */
  charge?: Charge | undefined;
  /**
   * Whether submitting the same request again is safe and may succeed.
   *
   * @default false
   */
  retryable?: boolean | undefined;
  /** Handle of the job, if there is one. */
  handle?: Handle | undefined;
  /**
   * Problems of the request.
   *
   * @default []
   */
  issues?: Issue[] | undefined;
  /** The provider's own error code. */
  providerCode?: string | undefined;
  /** The provider's own words. They may quote the request, so that no JSON and no log holds them. */
  providerMessage?: string | undefined;
  /** The response that ended a job which may have been billed, if no video was found in it. It may quote the request. */
  raw?: Json | undefined;
  /** The underlying error. */
  cause?: unknown;
}
