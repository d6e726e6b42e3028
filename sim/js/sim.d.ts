/** Settings of the simulator; the names are those of `Config` in `sim/src/config.rs`. */
export interface SimulatorConfig {
  /** Milliseconds from a job's acceptance to its end. */
  runMs: number;
  /** The part of `runMs` spent in the queue, 0 to 1. */
  queueShare: number;
  /** Whether pages of other origins may read the answers. */
  cors: boolean;
  videoLifeMs: number;
  runpodRetentionMs: number;
  runsyncRetentionMs: number;
  statusSync: boolean;
  runningStatus: string;
  progress: "object" | "text" | "none";
  output: "documented" | "videoUrl" | "result" | "url" | "bare" | "none";
  invisibleMs: number;
  runwareRetentionMs: number;
  detailsRetentionMs: number;
  rowStatus: "current" | "legacy" | "absent";
  pendingRows: boolean;
  webhook: "envelope" | "flat";
}

export type Provider = "runpod" | "runware";

export type Fault =
  | { kind: "latency"; ms: number }
  | { kind: "resetBefore" | "resetAfter"; ms?: number }
  | { kind: "rateLimit"; retryAfter?: number | string | { dateInSeconds: number } }
  | { kind: "error" | "html" | "text"; status?: number; after?: boolean }
  | { kind: "legacy" | "truncated" | "cut" | "empty401" | "duplicate" | "corsOff" };

export interface FaultRule {
  provider?: Provider;
  operation?: "submit" | "poll" | "cancel" | "details" | "download" | "webhook";
  /** How many fitting requests pass unharmed first. */
  skip?: number;
  /** How many are struck after those; 1 where absent. */
  times?: number;
  fault: Fault;
}

export interface Ledger {
  submits: {
    provider: Provider;
    atMs: number;
    model: string | null;
    id: string | null;
    key: string | null;
    outcome: "accepted" | "rejected" | "conflict" | "lost";
    fetched: boolean;
    billedMicroUsd: number;
  }[];
  bills: { provider: Provider; id: string; model: string; microUsd: number; atMs: number }[];
  totalMicroUsd: number;
}

export interface SimulatorOptions {
  /** Milliseconds from a job's acceptance to its end; 6000 where absent. */
  runMs?: number;
  /** Where identifiers come from; 1 where absent. */
  seed?: number;
  /** Where the providers seem to be: `{origin}/runpod/v2`, `{origin}/runware/v1`. */
  origin?: string;
  /** The compiled module, its bytes, its address or a response; next to this file where absent. */
  module?: WebAssembly.Module | BufferSource | Response | URL | string | PromiseLike<unknown>;
  /** Any other settings. */
  config?: Partial<SimulatorConfig>;
  /**
   * Called around every change of state, such as `restore`, `change()`, `snapshot` under a lock.
   * Answers and waiting come after it.
   */
  transact?: (change: () => void) => Promise<void>;
  /** Sends webhooks and uploads; without it they are not sent. */
  deliver?: typeof fetch;
}

export interface Simulator {
  /** Behaves like the real one: aborts, network errors, delays, bodies that break off. */
  fetch: typeof fetch;
  control(path: "ledger"): Promise<Ledger>;
  control(path: "config", change?: Partial<SimulatorConfig>): Promise<SimulatorConfig>;
  control(
    path: "faults",
    faults: FaultRule[] | { rules?: FaultRule[]; random?: { perMille: number; seed: number } },
  ): Promise<object>;
  control(path: "advance", by: { ms: number }): Promise<{ nowMs: number }>;
  control(path: "reset"): Promise<object>;
  ledger(): Promise<Ledger>;
  /** The whole state as text: jobs, ledger, identifiers. Films are made again, byte for byte. */
  snapshot(): string;
  /** Takes over a snapshot's state; throws where the text is not one. */
  restore(snapshot: string): void;
  close(): void;
}

export function createSimulator(options?: SimulatorOptions): Promise<Simulator>;
