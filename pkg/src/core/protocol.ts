// The plain objects that the driver and the module exchange.
import type {
  CancelResult,
  ErrorCode,
  JobRecord,
  VideoResult,
  JobUpdate,
} from "../types/index.js";
import type { FilmgateErrorOptions } from "../types/index.js";

/** Write the record to the store. */
export interface Save {
  type: "save";
  revision: number;
  record: JobRecord;
}

/** Send a request. */
export interface Transmit {
  type: "transmit";
  id: number;
  /** Time limit of the request, from when it is sent. */
  limitMs: number;
  path: string;
  body: unknown;
  /** Whether the body is a list of tasks that may be merged with other jobs' tasks. */
  batchable: boolean;
  isSubmit: boolean;
  /** Whether the response may hold the bytes of a video; that to a cancel does not. */
  mayHoldResult: boolean;
  /** Whether it is sent now or fails as `unsent`: sent later, it might be billed twice. */
  sendNowOrFail: boolean;
}

/** An action for the driver. */
export type JobOutput =
  | Save
  | Transmit
  | { type: "update"; update: JobUpdate }
  | { type: "cancelled"; cancellation: CancelResult }
  | { type: "timeout"; at: number }
  | Done;

/** The last output. */
export type Done =
  | { type: "done"; outcome: VideoResult; error?: never }
  | { type: "done"; outcome?: never; error: FilmgateErrorOptions };

/** The response to a request. */
export interface ResponseInput {
  type: "response";
  id: number;
  status: number;
  retryAfter: string | null | undefined;
  text: string;
}

/** A request without a response. */
export interface TransportError {
  type: "failed";
  id: number;
  kind: "network" | "timeout" | "unsent";
}

/** An event for a job. */
export type Input =
  | { type: "saved" | "save_failed"; revision: number }
  | ResponseInput
  | TransportError
  | { type: "queued" | "sent"; id: number }
  | { type: "webhook"; body: unknown }
  | { type: "timeout" }
  | { type: "cancel" | "abandon" }
  /** Whether a poll may hold its connection open until there is a change. */
  | { type: "long_poll"; longPoll: boolean }
  | { type: "job_id"; jobId: string };

/** Why nothing can be submitted. */
export interface PlanErrorDetails {
  code: ErrorCode;
  message: string;
  issues: NonNullable<FilmgateErrorOptions["issues"]>;
}

/** Custom models, or a catalog document, as plain data. */
export interface CallerCatalog {
  /** Differs from that of any other. */
  number: number;
  /** As the caller gave it. */
  models: unknown;
}

/** The client options that concern the module. */
export interface Settings {
  allowPrivateHosts?: boolean | undefined;
  requestTimeoutMs?: number | undefined;
  timeoutMs?: number | undefined;
  longPoll?: boolean | undefined;
  /** Run times of the last jobs of each listing, by `provider:providerModelId`. */
  runTimeHistoryMs?: Record<string, number[]> | undefined;
  /** The caller's catalog, if it is not the built-in one. */
  catalog?: CallerCatalog | undefined;
  /** For `resume`: the request of the job, so that errors can show the provider's words without quotations of it. */
  request?: unknown;
}
