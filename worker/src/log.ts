// What the gateway says of its work: one JSON line for each event. No field can hold a prompt, a key, a
// token or an address.
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
export interface Facts {
  /** The job's id in hex. */
  job?: string;
  /** `key_…`: says whose, and opens nothing. */
  token?: string;
  provider?: ProviderId;
  model?: string;
  status?: string;
  charge?: Charge;
  microUsd?: number;
  ms?: number;
  bytes?: number;
  /** A stable name: an error code of the package or of the gateway. */
  code?: string;
  /** Where in the gateway, such as `keep`. */
  step?: string;
  /** How often it has failed in a row. */
  tries?: number;
}

/** Writes a line. `error` goes where errors go. */
export function log(event: string, facts: Facts = {}): void {
  const line = JSON.stringify({ event, ...facts });
  if (event === "error") console.error(line);
  else console.log(line);
}

/** How a token is called where it may be read: the account's hash, cut short. */
export const tokenName = (owner: string): string => `key_${owner.slice(0, 12)}`;
