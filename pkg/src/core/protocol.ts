// What the module and the façade say to each other: plain objects.
import type {
  CancelResult,
  ErrorCode,
  Handle,
  JobRecord,
  VideoResult,
  Status,
  JobUpdate,
} from "../types/index.js";
import type { FilmgateErrorOptions } from "../types/index.js";

/** Timers hold 31 bits; a later time is reached in several waits. */
export const LONGEST_WAIT_MS = 2 ** 31 - 1;

/** A job's whole state between two steps. */
export interface JobState extends JobRecord {
  status: Status;
  /** When the caller stops waiting, in milliseconds since 1970. */
  deadline: number;
  persistence: { revision: number };
  polling: {
    longPoll: boolean;
    /** Consecutive responses that did not know the job. */
    consecutiveNotFound: number;
    /** Consecutive responses without progress. */
    consecutiveStalls: number;
  };
  requests: {
    /** When to poll next; absent while a request is in flight and after the end. */
    wakeAt?: number | null;
    /** Consecutive failed requests. */
    consecutiveErrors: number;
    inFlight?: { kind: "submit" | "poll" | "long_poll" | "details" | "cancel" } | null;
  };
}

/** The record is to be stored. */
export interface Save {
  type: "save";
  revision: number;
  record: JobRecord;
}

/** A request is to be sent. */
export interface Transmit {
  type: "transmit";
  id: number;
  /** Milliseconds, from when it leaves, that its answer is waited for. */
  limitMs: number;
  path: string;
  body: unknown;
  /** Whether the body is a list of tasks that may be merged with other jobs' tasks. */
  batchable: boolean;
  /** Whether it is sent now or fails as `unsent`: sent later, it might be billed twice. */
  sendNowOrFail: boolean;
}

/** What the driver is to do. */
export type Output =
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

/** A request's answer. */
export interface Answered {
  type: "response";
  id: number;
  status: number;
  retryAfter: string | null | undefined;
  text: string;
}

/** A request that had none. */
export interface Failed {
  type: "failed";
  id: number;
  kind: "network" | "timeout" | "unsent";
}

/** What happens to a job. */
export type Input =
  | { type: "saved" | "save_failed"; revision: number }
  | Answered
  | Failed
  | { type: "held" | "left"; id: number }
  | { type: "webhook"; body: unknown }
  | { type: "timeout" }
  | { type: "cancel" }
  | { type: "job_id"; jobId: string };

/** A step's result. */
export interface Step {
  state: JobState;
  outputs: Output[];
}

/** Why nothing can be submitted. */
export interface RefusalFacts {
  code: ErrorCode;
  message: string;
  issues: NonNullable<FilmgateErrorOptions["issues"]>;
}

/** What the module wants to know of the client's options. */
export interface Settings {
  allowPrivateHosts?: boolean | undefined;
  requestTimeoutMs?: number | undefined;
  timeoutMs?: number | undefined;
  longPoll?: boolean | undefined;
  /** What the latest jobs of a listing took, by `provider:providerModelId`. */
  runTimeHistoryMs?: Record<string, number[]> | undefined;
  /** The validated custom models. */
  models?: unknown;
}

export type { Handle };
