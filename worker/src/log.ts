// The log: one JSON line for each event. No field can hold a prompt, a key or a URL.
import type { Charge, ProviderId } from "filmgate";

/** What happens to a job. */
export type JobEvent =
  | "created"
  | "waiting"
  | "submitted"
  | "ended"
  | "archived"
  | "reconciled"
  | "webhook_sent"
  | "error";

/** What a line may hold. */
export interface LogFields {
  /** The job's id in hex. */
  job?: string;
  /** The batch's id in hex. */
  batch?: string;
  /** `acct_…` */
  account?: string;
  /** `key_…`: identifies the API key, and grants nothing. */
  key?: string;
  /** The route of a request with its method, such as `GET /v1/videos/:id`: never the URL itself. */
  route?: string;
  /** `x-request-id` of the response. */
  request?: string;
  /** Who changes something: `admin_token`, or the id of an API key. */
  actor?: string;
  /** What is changed: an id. */
  target?: string;
  /** The names of the fields that a change sets. */
  fields?: string[];
  /** The id of what a change makes of its target. */
  made?: string;
  /** Nothing was changed, only counted. */
  isDryRun?: boolean;
  /** Where an unexpected error was thrown: functions and lines, without its message. */
  stack?: string[];
  provider?: ProviderId;
  model?: string;
  /** Of a job; of a response its HTTP status. */
  status?: string | number;
  charge?: Charge;
  microUsd?: number;
  ms?: number;
  bytes?: number;
  /** A stable name: an error code of the package or of the gateway. */
  code?: string;
  /** The part of the gateway, such as `archive`. */
  step?: string;
  /** Consecutive failures. */
  tries?: number;
}

/** Writes a line. `error` goes to the error output. */
export function log(event: string, fields: LogFields = {}): void {
  const line = JSON.stringify({ event, ...fields });
  if (event === "error") console.error(line);
  else console.log(line);
}
