import type { FilmgateOptions, ProviderId } from "../types/index.js";

/** What a request to a provider is for. */
export type Operation = "submit" | "poll" | "cancel" | "details" | "download" | "webhook";

/**
 * What can go wrong. "Before": the provider never reads the request. "After": it does all that was asked,
 * and only the answer is harmed. A webhook is delayed by `latency`, doubled by `duplicate`, and lost by
 * any other.
 */
export type Fault = LatencyFault | ResetFault | RateLimitFault | ErrorFault | ResponseFault;

/** The right answer, late. */
export interface LatencyFault {
  /** Its name. */
  kind: "latency";
  /** How late, in milliseconds. */
  ms: number;
}

/** A torn connection. */
export interface ResetFault {
  /** Before, or after: then what was submitted is made and billed, and nobody here knows. */
  kind: "resetBefore" | "resetAfter";
  /** When it tears, in milliseconds. Default: 0. */
  ms?: number;
}

/** HTTP 429, before. */
export interface RateLimitFault {
  /** Its name. */
  kind: "rateLimit";
  /** The `Retry-After`: seconds, any text, or a date so many seconds from now. Default: none. */
  retryAfter?: number | string | RetryDate;
}

/** A `Retry-After` that is a date. */
export interface RetryDate {
  /** Seconds from now. */
  dateInSeconds: number;
}

/** Another answer in place of the right one. */
export interface ErrorFault {
  /** An error in the provider's own shape, a proxy's HTML page, or plain text. */
  kind: "error" | "html" | "text";
  /** The HTTP status. Default: 500 for `error`, else 502. */
  status?: number;
  /** Whether the request was carried out first. Default: false. */
  after?: boolean;
}

/** Faults that have no more to say. */
export interface ResponseFault {
  /**
   * - `legacyError`: Runware's older form of an error, before.
   * - `truncated`: half of the JSON, in a whole message, after.
   * - `truncatedStream`: half of the body, then a broken connection, after.
   * - `empty401`: HTTP 401 without a body, before.
   * - `duplicate`: each row of a Runware answer twice.
   * - `corsBlocked`: the right answer, which a page may not read.
   */
  kind: "legacyError" | "truncated" | "truncatedStream" | "empty401" | "duplicate" | "corsBlocked";
}

/** Which requests a fault strikes. The first rule that fits a request decides about it. */
export interface FaultRule {
  /** Absent: either. */
  provider?: ProviderId;
  /** Absent: any. */
  operation?: Operation;
  /** How many fitting requests pass unharmed first. Default: 0. */
  skip?: number;
  /** How many are struck after those. Default: 1. */
  times?: number;
  /** What strikes. */
  fault: Fault;
}

/** Faults by chance: the same seed and the same requests meet the same faults. */
export interface RandomFaults {
  /** How many of a thousand requests are struck. */
  perMille: number;
  /** Where chance begins. */
  seed: number;
}

/** One submit, as the provider saw it. */
export interface RecordedSubmission {
  /** Who was asked. */
  provider: ProviderId;
  /** Milliseconds since 1970, by the simulator's clock. */
  atMs: number;
  /** The endpoint or model, where one was named. */
  model: string | null;
  /** The job: RunPod's id, Runware's taskUUID. */
  id: string | null;
  /** Runware's taskUUID, by which it knows a repeated submit. */
  key: string | null;
  /** `conflict`: refused, as a task of that taskUUID ran. `lost`: a fault came before it was read. */
  outcome: "accepted" | "rejected" | "conflict" | "lost";
  /** Whether a finished result was put into an answer. */
  fetched: boolean;
  /** Millionths of a dollar. */
  billedMicroUsd: number;
}

/** One amount that a provider billed. */
export interface Bill {
  /** Who billed it. */
  provider: ProviderId;
  /** The job: RunPod's id, Runware's taskUUID. */
  id: string;
  /** The endpoint or model. */
  model: string;
  /** Millionths of a dollar. */
  microUsd: number;
  /** Milliseconds since 1970, by the simulator's clock. */
  atMs: number;
}

/** Everything about money, in the order in which it happened. It holds no key and no prompt. */
export interface Ledger {
  /** Every submit, whatever became of it. */
  submissions: RecordedSubmission[];
  /** Every amount billed. */
  charges: Bill[];
  /** The sum of all bills. */
  totalMicroUsd: number;
}

/** How the providers behave. What the documents leave open can be set each way. */
export interface SimulatorConfig {
  /** Milliseconds from a job's acceptance to its end. */
  jobDurationMs: number;
  /** The part of `jobDurationMs` spent in the queue, from 0 to 1. */
  queueShare: number;
  /** Whether pages of other origins may read the answers. */
  cors: boolean;
  /** How long a video can be downloaded, where the request does not say. */
  videoTtlMs: number;
  /** RunPod: how long a job is known after its end. */
  runpodRetentionMs: number;
  /** RunPod: the same for a job that came by `/runsync`. */
  runsyncRetentionMs: number;
  /** RunPod: whether `/status-sync` exists. */
  statusSync: boolean;
  /** RunPod: the status of a job that runs. */
  runningStatus: string;
  /** RunPod: what stands under `output` while a job runs. */
  progress: "object" | "text" | "none";
  /** RunPod: where the video's address stands. */
  output: "documented" | "videoUrl" | "result" | "url" | "bare" | "none";
  /** Runware: how long an accepted task is not found yet. */
  visibilityDelayMs: number;
  /** Runware: how long `getResponse` knows a finished task. */
  runwareRetentionMs: number;
  /** Runware: how long `getTaskDetails` knows one. */
  detailsRetentionMs: number;
  /** Runware: how a row tells its status. */
  rowStatus: "current" | "legacy" | "absent";
  /** Runware: whether results that are still to come have a row, once the first is there. */
  pendingRows: boolean;
  /** Runware: the body of a webhook. */
  webhook: "envelope" | "flat";
}

/** What a simulator begins with. */
export interface SimulatorOptions {
  /** Milliseconds from a job's acceptance to its end. Default: 1000. */
  jobDurationMs?: number;
  /** Where identifiers come from. Default: 1. */
  seed?: number;
  /** Any other settings. */
  config?: Partial<SimulatorConfig>;
  /**
   * Takes the webhooks and uploads of the providers, whatever their address: your own route's handler,
   * or `fetch`. Without it they are not sent.
   */
  onWebhook?: (request: Request) => Response | Promise<Response>;
  /**
   * Where the providers and their videos seem to be, beside their real addresses. Default:
   * `https://simulator.invalid`.
   */
  origin?: string;
  /**
   * Called around every change that a request or a delivery makes: `restore`, `change()`, `snapshot`
   * under a lock let several tabs share one state.
   */
  transact?: (change: () => void) => Promise<void>;
}

/** RunPod and Runware, simulated in this process. */
export interface Simulator {
  /**
   * Answers for both providers and their videos as the real one would: delays, aborts, network errors,
   * bodies that break off. It reaches nothing else, and never the network.
   */
  readonly fetch: typeof globalThis.fetch;
  /** For `createFilmgate`: this `fetch`, with keys and addresses that lead nowhere but here. */
  readonly options: Required<Pick<FilmgateOptions, "fetch" | ProviderId>>;
  /** Adds a rule, after those that have not been used up. */
  injectFault(rule: FaultRule): void;
  /** Replaces all rules, and chance; without an argument nothing goes wrong any longer. */
  setFaults(faults?: { rules?: FaultRule[]; random?: RandomFaults }): void;
  /** Every submit, whatever became of it. */
  submissions(): RecordedSubmission[];
  /** Every amount billed. */
  charges(): Bill[];
  /** Both, and their sum. */
  ledger(): Ledger;
  /** Changes settings, and tells all of them. */
  configure(change?: Partial<SimulatorConfig>): SimulatorConfig;
  /**
   * Moves the providers' clock forward: jobs end, results expire, and answers that are waited for come
   * that much sooner. The time between filmgate's own questions is the caller's.
   */
  advance(ms: number): void;
  /** Forgets everything but the settings that it began with. */
  reset(): void;
  /** The whole state as text: jobs, ledger, identifiers. */
  snapshot(): string;
  /** Takes over a snapshot's state; throws where the text is not one. */
  restore(snapshot: string): void;
  /** Lets go of its memory, and delivers nothing more. */
  close(): void;
}
