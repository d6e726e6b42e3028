import type { DownloadOptions, Sink } from "./sink.js";

export type {
  DownloadOptions,
  KeepingSink,
  Part,
  PartFacts,
  Sink,
  WritableFileHandle,
} from "./sink.js";

/** The two providers that filmgate speaks to. */
export type ProviderId = "runpod" | "runware";

/** Anything that JSON can hold. */
export type Json = null | boolean | number | string | Json[] | { [key: string]: Json };

// ---------------------------------------------------------------------------------- the request

/** A first frame: an address; at Runware also a UUID, a data URI or Base64. Bytes are sent as a data URI. */
export type Image = string | Uint8Array | { image: string | Uint8Array; frame?: "first" | 0 };

/**
 * A video to be made, in the words shared by all providers.
 * Nothing that costs money is filled in: `duration` is always yours to give.
 */
export interface VideoRequest {
  /** A model of the catalogue (`sora-2-pro`), or a provider's own id (`runpod:my-endpoint`, `runware:vendor:1@1`), which wants `input`. Left out: every model is considered. */
  model?: string;
  /** What happens in the video. Runware: 2 to 6000 characters. `composePrompt` puts the parts together as RunPod advises. */
  prompt?: string;
  /** The first frame. RunPod's Sora 2 Pro requires one. */
  image?: Image | [Image];
  /** Seconds, whole. RunPod: 4, 8, 12. Runware: 4, 8, 12, 16, 20. */
  duration?: number;
  /** `720p` or `1080p`. An alternative to `size`. */
  resolution?: string;
  /** Width and height in pixels, such as `1280x720`. Excludes `resolution` and `aspectRatio`. */
  size?: string;
  /** `16:9` or `9:16`, beside `resolution`. Default: `16:9`. */
  aspectRatio?: string;
  /** Number of videos, 1 to 4 at Runware, 1 at RunPod. Each is billed. */
  n?: number;
  /** Runware: id of an earlier video (`remixId` of a result) to work from. Excludes `image` and every size. */
  remix?: string;
  /** How the file is delivered. Runware only. */
  output?: {
    /** Default: `url`, the only one that is documented. */
    type?: "url";
    /** Default: `mp4`. */
    format?: "mp4" | "webm" | "mov";
    /** Compression quality, 20 to 99. Default: 95. */
    quality?: number;
  };
  /** Content check of the made video: nothing, key frames, or all frames. Runware only. Default: `none`. */
  safety?: "none" | "fast" | "full";
  /** Seconds that Runware keeps the video, at least 60. */
  ttlSeconds?: number;
  /** Where Runware sends the finished file by HTTP PUT. */
  uploadUrl?: string;
  /** Where the provider reports the end of the job by HTTP POST. */
  webhookUrl?: string;
  /** Ask Runware for the actual cost. Default: true. */
  includeCost?: boolean;
  /** `async` submits and polls. `sync` uses RunPod's `/runsync`, which gives no id before it answers and keeps the result for one minute only. Default: `async`. */
  delivery?: "async" | "sync";
  /** Runware: your own task id, a UUID of version 4, which is also the idempotency key. Made for you when left out. */
  taskUUID?: string;
  /** RunPod documents an address for the image; `true` sends a data URI all the same, as its SDK does. */
  inlineImage?: boolean;
  /** Raw fields for one provider, laid over the body that filmgate builds. Their price is unknown. */
  providerOptions?: { runpod?: Record<string, Json>; runware?: Record<string, Json> };
  /** The whole raw input for a model that is not in the catalogue. */
  input?: Record<string, Json>;
}

/** The three parts that RunPod advises for a prompt. */
export interface PromptParts {
  action: string;
  ambientSound?: string;
  characterDialogue?: string;
}

// ----------------------------------------------------------------------------------- the problems

/** A stable name for what is wrong; the message may change, the code does not. */
export type IssueCode =
  | "unknown_field"
  | "missing"
  | "wrong_type"
  | "not_finite"
  | "not_integer"
  | "not_allowed"
  | "too_small"
  | "too_large"
  | "too_short"
  | "too_long"
  | "malformed"
  | "lone_surrogate"
  | "private_host"
  | "conflict"
  | "unsupported"
  | "reserved"
  | "unknown_model"
  | "ignored"
  | "undocumented"
  | "retired"
  | "insecure";

/** One problem of a request. An `error` stops the submit, a `warning` does not. */
export interface Issue {
  severity: "error" | "warning";
  /** Where in the request, such as `output.quality`. Empty: the request as a whole. */
  path: string;
  code: IssueCode;
  /** Says what is wrong and what to do. Never holds the prompt or a key. */
  message: string;
  /** The listing that has the problem; absent where every listing has it. */
  provider?: ProviderId;
  /** The values that are allowed here. */
  allowed?: Json[];
  min?: number;
  max?: number;
  /** A change that mends it: set `path` to `value` (and remove the field that it takes the place of), or remove `path` where `value` is absent. */
  fix?: { path: string; value?: Json; remove?: string };
}

/** What `check` finds: `ok` where at least one listing can take the request. */
export interface CheckResult {
  ok: boolean;
  /** Problems of the request whoever takes it. */
  issues: Issue[];
  listings: { provider: ProviderId; model: string; ok: boolean; issues: Issue[] }[];
}

// ------------------------------------------------------------------------------------- the prices

/** One line of a quote, such as `8 s at $0.30 a second`. */
export interface QuoteLine {
  label: string;
  minUsd: number;
  maxUsd: number;
}

interface Priced {
  available: true;
  provider: ProviderId;
  model: string;
  minUsd: number;
  maxUsd: number;
  lines: QuoteLine[];
  warnings: Issue[];
}

/** What one provider asks for a request, or why it cannot take it. US dollars, exact to the micro-dollar. */
export type Quote =
  /** The documents fix the price (`exact`), give it roughly (`approximate`), or the caller's own catalogue does (`caller`). */
  | (Priced & { basis: "exact" | "approximate" | "caller"; totalUsd: number })
  /** The documents leave it open, for the reason given: between `minUsd` and `maxUsd`. */
  | (Priced & { basis: "range"; reason: string })
  /** Nobody documents a price. It never passes `maxCostUsd`, unless `allowUnknownCost` is set. */
  | {
      available: true;
      provider: ProviderId;
      model: string;
      basis: "unknown";
      reason: string;
      warnings: Issue[];
    }
  | { available: false; provider: ProviderId; model: string; issues: Issue[] };

// --------------------------------------------------------------------------------------- the jobs

/** `one provider`, an order of preference, or the lowest upper price. */
export type ProviderChoice = ProviderId | ProviderId[] | "cheapest";

export interface SubmitOptions {
  /** Default: `cheapest`. */
  provider?: ProviderChoice;
  /** Refuses, before anything is sent, where the upper end of the quote is higher. */
  maxCostUsd?: number;
  /** Lets a listing without a known price pass `maxCostUsd`. */
  allowUnknownCost?: boolean;
  /** How long to wait for the end, in milliseconds. The job itself goes on and can be resumed. Default: one hour. */
  timeoutMs?: number;
  /** Stops waiting, with the signal's own reason. The job itself goes on and can be resumed. */
  signal?: AbortSignal;
  /** Lets the provider report the job's end to this address, to which a token of the job's own is added. */
  webhook?: WebhookTarget;
}

/** Where webhooks are sent, and what makes their tokens. */
export interface WebhookTarget {
  url: string | URL;
  /** A long random text that nobody else knows. It is never sent. */
  secret: string;
}

/** Where a job stands. The last five are ends. */
export type Status =
  | "submitting"
  | "settling"
  | "queued"
  | "running"
  | "completed"
  | "failed"
  | "cancelled"
  | "expired"
  | "submission_unknown";

/** A step of a running job. */
export interface Update {
  status: Status;
  /** From 0 to 1, where the provider tells. */
  progress?: number;
  /** Expected time to the end, in milliseconds, from the listing's usual run time and the progress told. */
  etaMs?: number;
  /** Videos ready so far, where several were ordered. */
  ready?: number;
}

/**
 * What finds a job again: plain JSON without prompt, address, body or key. It may be shown, logged and
 * kept anywhere; any runtime with the provider's key can resume from it.
 */
export interface Handle {
  version: 1;
  provider: ProviderId;
  /** Id in the catalogue, or the caller's own `provider:id`. */
  model: string;
  /** The provider's own name for the model: endpoint or AIR id. */
  wireId: string;
  /** The job's name in the store: a UUID, which at Runware is the taskUUID. */
  key: string;
  /** The provider's id for the job; absent until the provider has accepted (RunPod). */
  jobId?: string;
  /** Videos ordered. */
  n: number;
  /** Milliseconds since 1970. */
  createdAt: number;
  submittedAt?: number;
  acceptedAt?: number;
  endedAt?: number;
  /** Seconds that the provider was asked to keep the video. */
  ttlSeconds?: number;
  /** The quote's two ends when the job was submitted, in micro-dollars. */
  quote?: { min: number; max: number };
}

/** Whether money went: nothing was billed, something was, or the provider alone knows. */
export type Charge = "none" | "charged" | "unknown";

/** A finished video. */
export interface Video {
  /** Where it can be fetched; absent where the provider sent the data itself. */
  url?: string;
  /** The bytes as a data URI or bare Base64, where the provider sent them in place of an address; `download` takes both. */
  data?: string;
  /** The provider's id for the video. */
  id?: string;
  /** Milliseconds since 1970 when the address stops working, where that is known. */
  expiresAt?: number;
  seed?: number;
  nsfw?: boolean;
  /** Give it as `remix` in another request. */
  remixId?: string;
  costUsd?: number;
}

/** One of several videos that failed, while others were made. */
export interface Failure {
  code: ErrorCode;
  message: string;
  /** The provider's own code. */
  providerCode?: string;
}

/** The end of a job that made at least one video. The same shape, whichever provider made it. */
export interface Outcome {
  provider: ProviderId;
  model: string;
  handle: Handle;
  videos: Video[];
  failures: Failure[];
  /** The actual cost, as the provider reports it. */
  costUsd?: number;
  /** Actual cost less the nearer end of the quote: 0 inside it. Absent where either is unknown. */
  overQuoteUsd?: number;
  charge: Charge;
  /** Milliseconds, as the provider reports or as observed. */
  timing: { queuedMs?: number; ranMs?: number };
  /** The provider's last answer, untouched. */
  raw: Json;
}

/** What came of `cancel`. */
export interface Cancellation {
  /** `cancelled`: stopped. `too_late`: it had ended. `unsupported`: the provider cannot; the job goes on and is billed. */
  result: "cancelled" | "too_late" | "unsupported";
  charge: Charge;
}

/** A job that was submitted: iterate over its updates, or wait for its result. */
export interface Job extends AsyncIterable<Update> {
  /** As known at this moment. */
  readonly handle: Handle;
  /** The outcome; rejects with a `FilmgateError`, or with the signal's own reason. Asking twice waits once. */
  result(): Promise<Outcome>;
  /** Asks the provider to stop, and tells what that came to. */
  cancel(): Promise<Cancellation>;
}

/** A job as the store knows it. */
export interface StoredJob {
  handle: Handle;
  status: Status;
  /** Present where the job has completed. */
  outcome?: Outcome;
  /** Present where the job has ended otherwise. */
  error?: Failure & { charge: Charge; retryable: boolean; provider: ProviderId; handle: Handle };
}

/** A webhook as it was received. */
export interface WebhookCall {
  /** The address that was called, whole or from its path on. */
  url: string | URL;
  /** The body: as text, as bytes, or parsed. */
  body: unknown;
  /** The secret that the job was submitted with. */
  secret: string;
}

/** A webhook, read. A hint only: the job is asked again before anything of it is believed. */
export interface WebhookNotice {
  provider: ProviderId;
  /** The job's key, as in its handle; the address vouches for it. */
  key: string;
  /** RunPod's job id or Runware's taskUUID. */
  jobId: string;
  status: "queued" | "running" | "completed" | "failed" | "cancelled";
  /** The body, untouched. */
  raw: Json;
}

// ------------------------------------------------------------------------------------- the errors

/** A stable name for each way a call can fail. */
export type ErrorCode =
  /** The request has problems: see `issues`. Nothing was sent. */
  | "invalid_request"
  /** No provider's upper price is within `maxCostUsd`. Nothing was sent. */
  | "over_budget"
  /** No key for the provider. Nothing was sent. */
  | "missing_key"
  /** The record could not be written, so nothing was sent. */
  | "store_failed"
  /** The provider refuses the key; or a webhook's address does not carry its job's token. */
  | "unauthorized"
  /** Credits, quota or balance do not suffice. */
  | "insufficient_credits"
  | "rate_limited"
  /** The provider refuses the content. */
  | "content_refused"
  /** The provider finds fault with the request. */
  | "rejected"
  /** Unknown or disabled model, or an endpoint that is not there. */
  | "model_unavailable"
  /** The generation failed at the provider. */
  | "generation_failed"
  /** The provider's time limit for the job ran out. */
  | "generation_timed_out"
  | "cancelled"
  /** The result is past the provider's retention, or a video past its address's life. */
  | "expired"
  /** The answer to the submit was lost and cannot be settled: it may have been billed. It is never sent again. */
  | "submission_unknown"
  /** `timeoutMs` ran out. The job goes on: resume it by its handle. */
  | "timed_out"
  /** The network failed, or a browser refused the answer (CORS). */
  | "network"
  /** The provider answered with something that is not its documented form. */
  | "bad_answer"
  /** No such job in the store, or a handle that is not one. */
  | "unknown_job"
  /** filmgate itself broke. The job, if there was one, goes on: resume it by its handle. */
  | "internal";

// -------------------------------------------------------------------------------------- the store

/** What a store keeps for a job. The record is opaque: keep it whole, show it to nobody. */
export interface StoreEntry {
  record: JobRecord;
  revision: number;
}

/** A job's whole state, the handle among it. Holds the request's wire body until the provider has accepted. Never a key. */
export interface JobRecord {
  handle: Handle;
  [field: string]: unknown;
}

/** Keeps jobs across a reload. Every method may be called from several tabs or processes at once. */
export interface Store {
  get(key: string): Promise<StoreEntry | undefined>;
  list(): Promise<StoreEntry[]>;
  /** Writes where the stored revision is `expectedRevision` (0: nothing stored yet) and adds one to it. `false`: someone else was first, nothing written. */
  put(key: string, record: JobRecord, expectedRevision: number): Promise<boolean>;
  delete(key: string): Promise<void>;
  /** Runs `work` while nobody else does for the same key, after whoever does now. */
  lease<T>(key: string, work: () => Promise<T>, signal?: AbortSignal): Promise<T>;
}

// -------------------------------------------------------------------------------------- the models

/** One provider's offer of a model: what a form needs to know. */
export interface Listing {
  provider: ProviderId;
  wireId: string;
  modes: ("text-to-video" | "image-to-video" | "remix")[];
  params: Param[];
  /** Rules between parameters, in words. */
  rules: string[];
  prices: Rate[];
  status: {
    state: "live" | "retired" | "unverified";
    /** ISO date of the evidence. */
    evidence: string;
    /** ISO date of the end. */
    sunset?: string;
  };
}

export interface Param {
  /** Path in the request, such as `output.quality`. */
  field: string;
  required: boolean;
  type: "text" | "integer" | "choice" | "boolean" | "image" | "size" | "url" | "uuid" | "id";
  min?: number;
  max?: number;
  allowed?: Json[];
  default?: Json;
}

export interface Rate {
  usd: number;
  per: "second" | "video";
  resolution?: string;
  duration?: number;
}

export interface Model {
  id: string;
  name: string;
  creator: string;
  listings: Listing[];
}

// -------------------------------------------------------------------------------------- the client

export interface ProviderSettings {
  /** The key, or a function that brings it. Default: `RUNPOD_API_KEY` or `RUNWARE_API_KEY` of the environment, where there is one. */
  apiKey?: string | (() => string | Promise<string>);
  /** Where the provider is: `https://api.runpod.ai/v2`, `https://api.runware.ai/v1`, or a gateway of yours. */
  baseURL?: string;
  /** More headers for every request to this provider. */
  headers?: Record<string, string>;
  /** Requests that are under way at once, at most; the others wait, in order. Default: 6, as many as a browser has to one host. */
  concurrency?: number;
  /** Lets the first three jobs ask RunPod with requests that it answers once there is news. Default: true. */
  longPoll?: boolean;
  /**
   * `baseURL` is a gateway that speaks HTTP/1.1 only. In a browser, RunPod's submit otherwise goes over
   * HTTP/2 as a stream, which the browser cannot send a second time by itself where a connection breaks.
   */
  http1?: boolean;
}

export interface FilmgateOptions {
  runpod?: ProviderSettings;
  runware?: ProviderSettings;
  /** Default: `memoryStore()`. A page passes `indexedDbStore()`, so that a reload finds its jobs. */
  store?: Store;
  /** Default: the global `fetch`. */
  fetch?: typeof globalThis.fetch;
  /** Allows images, webhooks and uploads at private hosts, for work against a simulator on one's own machine. */
  allowPrivateHosts?: boolean;
  /** Time limit of one HTTP request, in milliseconds. Default: 30 000. */
  requestTimeoutMs?: number;
}

export interface Filmgate {
  /** The catalogue: who sells what, with which limits, at what price. */
  models(): Model[];
  /** Every problem of a request, for each provider. Offline. */
  check(request: VideoRequest): CheckResult;
  /** What each provider asks, cheapest first, and why one cannot. Offline. */
  quote(request: VideoRequest): Quote[];
  /** Sends the request to one provider. Resolves once the job's record is stored and the submit is on its way or answered. */
  submit(request: VideoRequest, options?: SubmitOptions): Promise<Job>;
  /** Submits and waits for the result. */
  generate(
    request: VideoRequest,
    options?: SubmitOptions & { onUpdate?: (update: Update) => void },
  ): Promise<Outcome>;
  /** Goes on with a job by its handle, here or in another runtime. `jobId`: the provider's id, for a RunPod submit that ended as unknown. */
  resume(
    handle: Handle,
    options?: { signal?: AbortSignal; timeoutMs?: number; jobId?: string },
  ): Job;
  /** The stored jobs that have not ended. */
  pending(): Promise<StoredJob[]>;
  /** All stored jobs, newest first. */
  jobs(): Promise<StoredJob[]>;
  /** Drops a job from the store. The provider does not hear of it. */
  forget(handle: Handle): Promise<void>;
  /** Brings a video into `sink`, goes on where the connection breaks, and checks its length. */
  download(video: Video, sink: Sink, options?: DownloadOptions): Promise<{ bytes: number }>;
  /** Reads a webhook of a job that was submitted with `webhook`. Rejects, before anything else is read, where the address does not carry the job's token. */
  readWebhook(provider: ProviderId, received: WebhookCall): Promise<WebhookNotice>;
  /** Asks at once for the job that a webhook tells of: one that runs here, or one of the store, which is resumed. */
  hear(notice: WebhookNotice): Promise<Job>;
}
