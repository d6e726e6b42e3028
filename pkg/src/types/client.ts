import type { DownloadResult, DownloadOptions, Sink } from "../download/sink.js";
import type {
  GenerateOptions,
  Handle,
  Job,
  JobStatus,
  VideoResult,
  ResumeOptions,
  StoredJob,
  SubmitOptions,
  Video,
  WebhookRequest,
  WebhookEvent,
} from "./job.js";
import type { Model, ModelDefinition } from "./models.js";
import type { Quote } from "./quote.js";
import type { ValidationResult, VideoRequest } from "./request.js";
import type { Store } from "./store.js";

/** How one provider is reached. */
export interface ProviderSettings {
  /**
   * The key, or a function that brings it. Default: `RUNPOD_API_KEY` or `RUNWARE_API_KEY` of the
   * environment, where there is one.
   */
  apiKey?: string | (() => string | Promise<string>);
  /**
   * Where the provider is: `https://api.runpod.ai/v2`, `https://api.runware.ai/v1`, or a proxy of
   * yours.
   */
  baseURL?: string;
  /** More headers for every request to this provider. */
  headers?: Record<string, string>;
  /**
   * Requests that are under way at once, at most; the others wait, in order. Default: 6, as many as
   * a browser has to one host.
   */
  maxConcurrency?: number;
  /**
   * Lets the first three jobs ask RunPod with requests that it answers once there is news. Default:
   * true.
   */
  longPoll?: boolean;
  /**
   * `baseURL` is a proxy that speaks HTTP/1.1 only. In a browser, RunPod's submit otherwise goes over
   * HTTP/2 as a stream, which the browser cannot send a second time by itself where a connection breaks.
   */
  disableStreamingUpload?: boolean;
}

/** How a gateway is reached. */
export interface GatewaySettings {
  /** The gateway's URL, such as `https://gateway.example`. Every handle contains it, so it must not hold a secret. */
  url: string | URL;
  /** An API key of the gateway (`fgw_…`), or a function that returns one and is called before each request. */
  apiKey: string | (() => string | Promise<string>);
}

/** What a client is made with. All of it can be left out. */
export interface FilmgateOptions {
  /**
   * Films through this gateway, which has the keys, owns the jobs and keeps the videos. In place of `runpod` and
   * `runware`.
   */
  gateway?: GatewaySettings;
  /** How RunPod is reached. */
  runpod?: ProviderSettings;
  /** How Runware is reached. */
  runware?: ProviderSettings;
  /**
   * Default: `memoryStore()`. A page passes `indexedDbStore()`, so that a reload finds its jobs.
   */
  store?: Store;
  /**
   * Models to add, or to correct, in the form of `models()`: one of a known id takes the place of ours. They are
   * copied, and checked by the first call that needs them; their prices have the basis `caller`.
   */
  models?: readonly ModelDefinition[];
  /** Default: the global `fetch`. */
  fetch?: typeof globalThis.fetch;
  /**
   * Allows images, webhooks and uploads at private hosts, for work against a simulator on one's own
   * machine.
   */
  allowPrivateHosts?: boolean;
  /** Time limit of one HTTP request, in milliseconds. Default: 30 000. */
  requestTimeoutMs?: number;
}

/**
 * A client. `models`, `check` and `quote` answer at once and send nothing; all that sends is a promise,
 * and rejects with a `FilmgateError` or with a signal's own reason.
 */
export interface Filmgate {
  /** The catalog: who sells what, with which limits, at what price. */
  models(): Model[];
  /** Every problem of a request, for each listing. Offline. */
  validate(request: VideoRequest): ValidationResult;
  /** What each listing asks, cheapest first, and why one cannot. Offline. */
  quote(request: VideoRequest): Quote[];
  /**
   * Sends the request to one listing; its handle says which. Resolves once the provider has taken it
   * and the record that finds it again is stored.
   */
  submit(request: VideoRequest, options?: SubmitOptions): Promise<Job>;
  /**
   * Submits and lets go: once the provider has the job, and the store knows, nothing of it goes on here. For
   * functions that end soon; `status` or `resume` finds it again.
   */
  start(request: VideoRequest, options?: SubmitOptions): Promise<Handle>;
  /**
   * Asks for a job once, and tells where it stands. A question that comes to nothing rejects, and says nothing
   * of the job. Of a job that runs here it tells what was heard last. Default time limit: that of a request.
   */
  status(
    handle: Handle,
    options?: { signal?: AbortSignal; timeoutMs?: number; jobId?: string },
  ): Promise<JobStatus>;
  /** Submits and waits for the result. */
  generate(request: VideoRequest, options?: GenerateOptions): Promise<VideoResult>;
  /** Goes on with a job by its handle, here or in another runtime. */
  resume(handle: Handle, options?: ResumeOptions): Job;
  /** The stored jobs, newest first; `pending`: those alone that have not ended. */
  jobs(filter?: { pending?: boolean }): Promise<StoredJob[]>;
  /** Drops a job from the store. The provider does not hear of it. */
  deleteJob(handle: Handle): Promise<void>;
  /** Brings a video into `sink`, goes on where the connection breaks, and checks its length. */
  download(video: Video, sink: Sink, options?: DownloadOptions): Promise<DownloadResult>;
  /**
   * Reads a webhook of a job that was submitted with `webhook`. Rejects, before anything else is
   * read, where the address does not carry the job's token.
   */
  verifyWebhook(received: WebhookRequest): Promise<WebhookEvent>;
  /**
   * Asks at once for the job that a webhook tells of: one that runs here, or one of the store,
   * which is resumed. Where it brings the id of a RunPod job that had none, it resolves once that is
   * stored: answer the webhook then.
   */
  handleWebhook(event: WebhookEvent): Promise<Job>;
}
