// The log: one JSON line for each event. No field can hold a prompt, a key or a URL.
import type { Charge, ProviderId } from "filmgate";

/** What happens to a job. */
export type JobEvent =
  | "created"
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
  /** `key_…`: identifies the API key, and grants nothing. */
  key?: string;
  provider?: ProviderId;
  model?: string;
  status?: string;
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

/** The public id of an API key: its hash, truncated. */
export const keyIdOf = (hash: string): string => `key_${hash.slice(0, 12)}`;
