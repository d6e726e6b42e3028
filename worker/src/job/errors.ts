// What the job refuses, in the form of an answer.
import type { Refusal } from "../types.js";

/** Unknown, erased and another's: all the same. */
export const NOT_FOUND: Refusal = {
  status: 404,
  code: "not_found",
  message: "There is no such video.",
  param: "video_id",
};

export const NOT_READY: Refusal = {
  status: 409,
  code: "not_ready",
  message: "The video is not ready yet: ask for its status until it is completed.",
};

export const JOB_RUNNING: Refusal = {
  status: 409,
  code: "job_not_finished",
  message: "The video is still being made: cancel it, or wait for its end, and erase it then.",
};

/** Its place was given up, or it was erased: what comes late does not begin it again. */
export const GONE: Refusal = {
  status: 410,
  code: "not_found",
  message: "This order was given up, or its video erased. Order it again with a new key.",
};

export const UNANSWERED: Refusal = {
  status: 503,
  code: "service_unavailable",
  message: "The provider has not answered the cancel. The job goes on: cancel it again.",
  retryAfterSeconds: 10,
};
