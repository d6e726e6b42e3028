// Why a job does not do what it is asked to.
import type { ApiErrorDetails } from "../types.js";

export const NOT_READY: ApiErrorDetails = {
  status: 409,
  code: "not_ready",
  message: "The video is not ready yet. Poll its status until it is completed.",
};

export const NOT_FINISHED: ApiErrorDetails = {
  status: 409,
  code: "job_not_finished",
  message: "The video is still being generated. Cancel it or wait until it has ended, then delete it.",
};

/** It was reclaimed or deleted: a late retry does not create it again. */
export const ABANDONED: ApiErrorDetails = {
  status: 410,
  code: "not_found",
  message: "This request was abandoned, or its video deleted. Send it again with a new Idempotency-Key.",
};

export const CANCEL_FAILED: ApiErrorDetails = {
  status: 503,
  code: "service_unavailable",
  message: "The provider did not confirm the cancellation. The job continues; cancel it again.",
  retryAfterSeconds: 10,
};

export const NO_POSTER: ApiErrorDetails = {
  status: 404,
  code: "no_poster",
  message: "This video has no thumbnail, or none yet. Use the video itself.",
  param: "variant",
};
