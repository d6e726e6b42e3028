/** A stable name for each way a call can fail. */
export type ErrorCode =
  /** The request has problems: see `issues`. Nothing was sent. */
  | "invalid_request"
  /** No provider's upper price is within `maxCostUsd`. Nothing was sent. */
  | "budget_exceeded"
  /** No key for the provider. Nothing was sent. */
  | "missing_api_key"
  /** The record could not be written, so nothing was sent. */
  | "store_error"
  /** The provider refuses the key; or a webhook's address does not carry its job's token. */
  | "unauthorized"
  /** Credits, quota or balance do not suffice. */
  | "insufficient_quota"
  /** Too many requests: turned away unread, or no room in time. Nothing was made. */
  | "rate_limited"
  /** The provider refuses the content. */
  | "content_policy_violation"
  /** The provider finds fault with the request. */
  | "bad_request"
  /** Unknown or disabled model, or an endpoint that is not there. */
  | "model_unavailable"
  /** The generation failed at the provider. */
  | "generation_failed"
  /** The provider's time limit for the job ran out. */
  | "generation_timeout"
  /** The job was stopped on request: by `cancel`, or at the provider. */
  | "cancelled"
  /** The result is past the provider's retention, or a video past its address's life. */
  | "result_expired"
  /**
   * The answer to the submit was lost and cannot be settled: it may have been billed. It is never
   * sent again.
   */
  | "submission_unknown"
  /** `timeoutMs` ran out. The job goes on: resume it by its handle. */
  | "timeout"
  /** The network failed, or a browser refused the answer (CORS). */
  | "connection_error"
  /** The provider answered with something that is not its documented form. */
  | "invalid_response"
  /** No such job in the store, or a handle that is not one. */
  | "job_not_found"
  /** filmgate itself broke. The job, if there was one, goes on: resume it by its handle. */
  | "internal_error";
