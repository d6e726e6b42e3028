// The state of a job between two steps.
import type { Handle, Issue, Status } from "../types/index.js";
import type { JobOutput } from "./protocol.js";
import type { Values } from "./values.js";

// What the module returns for a step: a list with the places of `finish` in src/wasm/step.rs.
export type RawStep = [
  packed: Uint8Array,
  rest: [outputs: JobOutput[], facts: Facts, handle?: Handle, warnings?: Issue[]],
];

// In the order of `Job::facts` in src/job/mod.rs.
type Facts = [
  status: Status, deadline: number, wakeAt: number | null, revision: number,
  consecutiveErrors: number, consecutiveNotFound: number, consecutiveStalls: number,
];

/** The whole state of a job, and what the driver reads of it without the module, which may have trapped. */
export class JobState {
  /** The job as bytes, which only the module reads. It never changes them. */
  readonly packed: Uint8Array;
  /** Holds the long strings that the bytes refer to. */
  readonly values: Values;
  readonly handle: Handle;
  /** The warnings of the listing. */
  readonly warnings: Issue[];
  readonly status: Status;
  /** When the caller stops waiting, in milliseconds since 1970. */
  readonly deadline: number;
  /** When to poll next; undefined while a request is in flight and after the end. */
  readonly wakeAt: number | undefined;
  /** The number of saves. */
  readonly revision: number;
  /** Consecutive failed requests. */
  readonly consecutiveErrors: number;
  /** Consecutive responses that did not know the job. */
  readonly consecutiveNotFound: number;
  /** Consecutive responses without progress. */
  readonly consecutiveStalls: number;

  constructor(packed: Uint8Array, values: Values, facts: Facts, handle: Handle, warnings: Issue[]) {
    this.packed = packed;
    this.values = values;
    this.handle = handle;
    this.warnings = warnings;
    this.status = facts[0];
    this.deadline = facts[1];
    this.wakeAt = facts[2] ?? undefined;
    this.revision = facts[3];
    this.consecutiveErrors = facts[4];
    this.consecutiveNotFound = facts[5];
    this.consecutiveStalls = facts[6];
  }
}

/** The result of a step. */
export interface Step {
  state: JobState;
  outputs: JobOutput[];
  /** Identifies the request of a job with an idempotency key. It is stored beside what the core has in the record. */
  requestDigest?: string | undefined;
}

/** Reads a step. Handle and warnings are those of the state before, if they are not in it. */
export function stepOf([packed, rest]: RawStep, values: Values, before?: JobState): Step {
  const [encoded, facts, handle = before!.handle, warnings = before!.warnings] = rest;
  const outputs = values.decode(encoded) as JobOutput[];
  values.keepFor(packed);
  return { state: new JobState(packed, values, facts, handle, warnings), outputs };
}
