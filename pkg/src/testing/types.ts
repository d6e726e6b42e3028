import type { FilmgateOptions, ProviderId } from "../types/index.js";

/** Purpose of a request to a provider. */
export type Operation = "submit" | "poll" | "cancel" | "details" | "download" | "webhook";

/**
 * A fault. "Before": the provider does not process the request. "After": it processes the request, and only the response
 * is affected. A webhook is delayed by `latency`, sent twice by `duplicate`, and lost by any other fault.
 */
export type Fault = LatencyFault | ResetFault | RateLimitFault | ErrorFault | ResponseFault | OddFault;

/** A delayed response. */
export interface LatencyFault {
  /** Kind of the fault. */
  kind: "latency";
  /** Delay in milliseconds. */
  ms: number;
}

/** A connection reset. */
export interface ResetFault {
  /** Before; or after: a submitted job is then generated and billed, without a response. */
  kind: "resetBefore" | "resetAfter";
  /**
   * When it is reset, in milliseconds.
   *
   * @default 0
   */
  ms?: number | undefined;
}

/** HTTP 429, before. */
export interface RateLimitFault {
  /** Kind of the fault. */
  kind: "rateLimit";
  /** The `Retry-After` header: seconds, any text, or a date. By default there is none. */
  retryAfter?: number | string | RetryDate | undefined;
}

/** A `Retry-After` header with a date. */
export interface RetryDate {
  /** Seconds from now. */
  dateInSeconds: number;
}

/** An error response. */
export interface ErrorFault {
  /** An error of the provider, an HTML page of a proxy, or plain text. */
  kind: "error" | "html" | "text";
  /**
   * The HTTP status: 400 to 599 for `error`, 200 to 599 without 204, 205 and 304 otherwise.
   *
   * @default 500 for `error`, 502 otherwise
   */
  status?: number | undefined;
  /**
   * Whether the request is processed first.
   *
   * @default false
   */
  after?: boolean | undefined;
}

/** Faults without parameters. */
export interface ResponseFault {
  /**
   * - `legacyError`: Runware's older form of an error, before.
   * - `truncated`: half of the JSON in a complete message, after.
   * - `truncatedStream`: half of the body, then a connection reset, after.
   * - `empty401`: HTTP 401 without a body, before.
   * - `duplicate`: each row of a Runware response twice.
   * - `ignoreDryRun`: a dry run at Runware is processed and billed as a submit.
   * - `corsBlocked`: the correct response, which a page cannot read.
   */
  kind: "legacyError" | "truncated" | "truncatedStream" | "empty401" | "duplicate" | "ignoreDryRun" | "corsBlocked";
}

/** The correct response in a form of the field mode. */
export interface OddFault {
  /** Kind of the fault. */
  kind: "odd";
  /** The form. */
  oddity: Oddity;
}

/** Requests that a fault applies to. The first matching rule is used. */
export interface FaultRule {
  /**
   * The provider.
   *
   * @default both
   */
  provider?: ProviderId | undefined;
  /**
   * The operation.
   *
   * @default all
   */
  operation?: Operation | undefined;
  /**
   * Number of matching requests to skip first.
   *
   * @default 0
   */
  skip?: number | undefined;
  /**
   * Number of matching requests to apply the fault to, 1 or more.
   *
   * @default 1
   */
  times?: number | undefined;
  /** The fault. */
  fault: Fault;
}

/** Random faults. The same seed and the same requests result in the same faults. */
export interface RandomFaults {
  /** Probability of a fault, in per mille: 0 to 1000. */
  perMille: number;
  /** Seed of the random numbers. */
  seed: number;
}

/** A submit as recorded by the provider. */
export interface RecordedSubmission {
  /** The provider. */
  provider: ProviderId;
  /** Time by the simulator's clock, in milliseconds since 1970. */
  atMs: number;
  /** The endpoint or model, if the request had one. */
  model: string | null;
  /** Id of the job: RunPod's id or Runware's taskUUID. */
  id: string | null;
  /** Runware's taskUUID, the idempotency key of a submit. */
  key: string | null;
  /** `conflict`: a task with this taskUUID was running. `lost`: a fault occurred before. */
  outcome: "accepted" | "rejected" | "conflict" | "lost";
  /** Whether a response contained the finished result. */
  fetched: boolean;
  /** Amount in micro-dollars. */
  billedMicroUsd: number;
}

/** A charge of a provider. */
export interface ChargeRecord {
  /** The provider. */
  provider: ProviderId;
  /** Id of the job: RunPod's id or Runware's taskUUID. */
  id: string;
  /** The endpoint or model. */
  model: string;
  /** Amount in micro-dollars. */
  microUsd: number;
  /** Time by the simulator's clock, in milliseconds since 1970. */
  atMs: number;
}

/** All submits and charges in order. It holds no key and no prompt. */
export interface Ledger {
  /** All submits, whatever their outcome. */
  submissions: RecordedSubmission[];
  /** All charges. */
  charges: ChargeRecord[];
  /** Sum of all charges in micro-dollars. */
  totalMicroUsd: number;
}

/** A form of RunPod's responses in field mode; `simulator/README.md` describes each. */
export type RunpodOddity =
  | "idOnly"
  | "idWithoutStatus"
  | "idInData"
  | "idInResult"
  | "idInList"
  | "idInText"
  | "runpodErrorAfter"
  | "notFoundAtFirst"
  | "otherJob"
  | "stuckWithError"
  | "lowerCase"
  | "previewWhileRunning"
  | "completedFailed"
  | "reasonInDetail"
  | "reasonInDetailList"
  | "reasonInOutput"
  | "reasonIsOutput"
  | "reasonInList"
  | "outputLate"
  | "failedWithVideo"
  | "outputText"
  | "outputList"
  | "outputObjects"
  | "outputUrl"
  | "outputNested"
  | "outputDeep"
  | "outputData"
  | "outputDataField"
  | "outputBase64"
  | "outputLoud"
  | "outputPath"
  | "outputBucket"
  | "outputStrange"
  | "emptyError"
  | "thumbnail"
  | "inputBeside"
  | "runpodCostText"
  | "runpodCostAbsent"
  | "runpodEchoKey"
  | "runpodEchoUpper"
  | "runpodEchoPercent"
  | "runpodEchoBase64";

/** A form of Runware's responses in field mode; `simulator/README.md` describes each. */
export type RunwareOddity =
  | "runwareErrorAfter"
  | "duplicateOnResend"
  | "emptyAtFirst"
  | "onlyInDetails"
  | "otherTask"
  | "authOnPoll"
  | "rowAndError"
  | "idWhileRunning"
  | "upperCase"
  | "addressLate"
  | "addressLost"
  | "taskRateLimit"
  | "taskTimeout"
  | "freeRefusal"
  | "reasonOnRow"
  | "reasonNested"
  | "reasonInContent"
  | "failedForZero"
  | "urlData"
  | "urlDataField"
  | "urlBase64"
  | "urlInList"
  | "urlInObject"
  | "urlLoud"
  | "emptyErrors"
  | "imageBeside"
  | "runwareCostText"
  | "runwareEchoKey"
  | "runwareEchoUpper"
  | "runwareEchoPercent"
  | "runwareEchoBase64";

/** A form of a provider's responses that no document shows, but public reports do. */
export type Oddity = RunpodOddity | RunwareOddity;

/** Behavior of the providers, including what their documentation leaves open. */
export interface SimulatorConfig {
  /** Duration of a job from its acceptance to its end, in milliseconds. */
  jobDurationMs: number;
  /** Share of `jobDurationMs` in the queue, from 0 to 1. */
  queueShare: number;
  /** Whether responses have CORS headers. */
  cors: boolean;
  /** Lifetime of a video without a `ttlSeconds`, in milliseconds. */
  videoTtlMs: number;
  /** RunPod: retention of a finished job, in milliseconds. */
  runpodRetentionMs: number;
  /** RunPod: the same for a job of `/runsync`. */
  runsyncRetentionMs: number;
  /** RunPod: whether `/status-sync` exists. */
  statusSync: boolean;
  /** RunPod: status of a running job. */
  runningStatus: "IN_PROGRESS" | "RUNNING";
  /** RunPod: `output` of a running job. */
  progress: "object" | "text" | "none";
  /** RunPod: position of the video URL in `output`. */
  output: "documented" | "videoUrl" | "result" | "url" | "bare" | "none";
  /** Runware: delay before an accepted task is visible, in milliseconds. */
  visibilityDelayMs: number;
  /** Runware: retention of a finished task in `getResponse`, in milliseconds. */
  runwareRetentionMs: number;
  /** Runware: retention of a finished task in `getTaskDetails`, in milliseconds. */
  detailsRetentionMs: number;
  /** Runware: form of the status in a row. */
  rowStatus: "current" | "legacy" | "absent";
  /** Runware: whether pending results have a row once the first result is there. */
  pendingRows: boolean;
  /** Runware: form of a webhook body. */
  webhook: "envelope" | "flat";
  /** Field mode: a seed, or the forms that each job's responses have; null: off. */
  fieldMode: number | Oddity[] | null;
}

/** Settings to change. */
export type SimulatorChange = { [Name in keyof SimulatorConfig]?: SimulatorConfig[Name] | undefined };

/** Options of a simulator. */
export interface SimulatorOptions {
  /**
   * Duration of a job from its acceptance to its end, in milliseconds.
   *
   * @default 1000
   */
  jobDurationMs?: number | undefined;
  /**
   * Seed of the generated ids.
   *
   * @default 1
   */
  seed?: number | undefined;
  /**
   * Field mode: the responses have the odd forms that public reports show: at random by this seed (`true`: by `seed`), or
   * always the given ones. The ledger stays correct.
   *
   * @default false
   */
  fieldMode?: boolean | number | Oddity[] | undefined;
  /** Other settings. */
  config?: SimulatorChange | undefined;
  /**
   * Receives the webhooks and uploads of the providers, whatever their URL: the handler of your route, or `fetch`.
   * Without it they are not sent.
   */
  onWebhook?: ((request: Request) => Response | Promise<Response>) | undefined;
  /**
   * Origin of the simulated providers and their videos. The real URLs of the providers work, too.
   *
   * @default "https://simulator.invalid"
   */
  origin?: string | undefined;
  /**
   * Called around each change of the state. With `restore`, `change()` and `snapshot` under a lock, several tabs can
   * share one state.
   */
  transact?: ((change: () => void) => Promise<void>) | undefined;
}

/** Simulated providers. */
export interface Simulator {
  /**
   * Responds for both providers and their videos as the real `fetch` does, with delays, aborts, network errors and
   * truncated bodies. It rejects any other URL, and never uses the network.
   */
  readonly fetch: typeof globalThis.fetch;
  /** Options for `createFilmgate`: this `fetch`, with keys and URLs of the simulated providers. */
  readonly options: Required<Pick<FilmgateOptions, "fetch" | ProviderId>>;
  /** Adds a fault rule after the existing ones. */
  injectFault(rule: FaultRule): void;
  /** Replaces all fault rules and random faults. Without an argument, there are no more faults. */
  setFaults(faults?: { rules?: FaultRule[] | undefined; random?: RandomFaults | undefined }): void;
  /** All submits, whatever their outcome. */
  submissions(): RecordedSubmission[];
  /** All charges. */
  charges(): ChargeRecord[];
  /** Submits and charges, and their sum. */
  ledger(): Ledger;
  /** Changes settings, and returns all of them. */
  configure(change?: SimulatorChange): SimulatorConfig;
  /**
   * Advances the clock of the providers by `ms`: jobs end, results expire, and pending responses come sooner. It does not
   * change when filmgate polls.
   */
  advance(ms: number): void;
  /** Resets the state and the clock, and returns to the initial settings. */
  reset(): void;
  /** Returns the state as text: jobs, ledger and ids. */
  snapshot(): string;
  /**
   * Restores the state of a snapshot.
   *
   * @throws TypeError if the text is not a snapshot
   */
  restore(snapshot: string): void;
  /** Frees its memory. Webhooks are no longer sent. Afterwards only the ledger can be read. */
  close(): void;
}
