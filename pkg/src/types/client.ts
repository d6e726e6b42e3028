import type { DownloadResult, DownloadOptions, Sink } from "./download.js";
import type { ClientEvent, EventSettings } from "./event.js";
import type {
  GenerateOptions,
  Handle,
  Job,
  JobStatus,
  ResumeOptions,
  StartedHandle,
  StoredJob,
  SubmitOptions,
  Video,
  VideoResult,
  WebhookEvent,
  WebhookRequest,
} from "./job.js";
import type { CatalogDocument, KnownModelId, Model, ModelDefinition, ModelId, ModelSummary } from "./models.js";
import type { ProbeOptions, ProbeResult } from "./probe.js";
import type { Quote, QuoteOptions, QuoteSummary } from "./quote.js";
import type { Issue, RequestOf, ValidationResult, VideoRequest } from "./request.js";
import type { Store } from "./store.js";

/** Connection settings of one provider. */
export interface ProviderSettings {
  /**
   * The API key, or a function that returns it and is called before each request.
   *
   * @default the environment variable `RUNPOD_API_KEY` or `RUNWARE_API_KEY`, if there is an environment
   */
  apiKey?: string | (() => string | Promise<string>) | undefined;
  /**
   * Base URL of the provider, or of a proxy in front of it, without credentials, query and fragment: the paths of the
   * provider are added to it. In a page it may be relative. With a `baseURL`, `apiKey` is optional: the proxy may add the
   * key. If the proxy needs a secret, pass it in `headers`.
   *
   * @default "https://api.runpod.ai/v2" or "https://api.runware.ai/v1"
   */
  baseURL?: string | URL | undefined;
  /** Additional headers for every request to this provider. */
  headers?: Record<string, string> | undefined;
  /**
   * Maximum number of concurrent requests. Further requests wait in order.
   *
   * @default 6 (a browser's limit per HTTP/1.1 host)
   */
  maxConcurrency?: number | undefined;
  /**
   * Whether the first three jobs poll RunPod with requests that it answers only when the status changes.
   *
   * @default true
   */
  longPoll?: boolean | undefined;
  /**
   * RunPod: accepts that the runtime may send a submit twice by itself if the connection breaks, which is billed twice.
   * By default a submit has a streamed body, which can be sent only once. A browser needs https and HTTP/2 for it, and
   * Firefox and Safari cannot send one: there a submit fails with `invalid_request` before anything is sent. Set it for a
   * simulator, or for a proxy that supports HTTP/1.1 only, over which nothing is sent otherwise.
   *
   * @default false
   */
  acceptResendRisk?: boolean | undefined;
}

/**
 * Uploads an image and returns its http(s) URL. If it throws, the submit rejects with `connection_error`, charge `none`,
 * and the thrown value as `cause`.
 */
export type UploadImage = (
  bytes: Uint8Array,
  options: {
    /** Media type of the image, such as `image/png`. */
    contentType: string;
    /** Aborts with the signal of the submit, and at its timeout. */
    signal?: AbortSignal;
  },
) => Promise<string | URL> | string | URL;

/** Connection settings of a gateway. */
export interface GatewaySettings {
  /** The gateway's URL, such as `https://gateway.example`. Every handle contains it, so it must not hold a secret. */
  url: string | URL;
  /** An API key of the gateway (`fgw_…`), or a function that returns one and is called before each request. */
  apiKey: string | (() => string | Promise<string>);
}

/** Options of a client. All are optional. */
export interface FilmgateOptions {
  /**
   * Sends all jobs through this gateway, which holds the provider keys, owns the jobs and archives the videos. Excludes
   * `runpod` and `runware`.
   */
  gateway?: GatewaySettings | undefined;
  /** Settings for RunPod. */
  runpod?: ProviderSettings | undefined;
  /** Settings for Runware. */
  runware?: ProviderSettings | undefined;
  /**
   * Where jobs are recorded. A page passes `indexedDbStore()` to find its jobs after a reload.
   *
   * @default memoryStore()
   */
  store?: Store | undefined;
  /**
   * Models to add or to override, in the form that `models()` returns, or a catalog document such as a newer
   * `filmgate/catalog.json`. A model with a known id replaces the built-in one. They are copied, and validated by the
   * first call that needs them.
   *
   * A list is refused whole if a model in it is invalid, and quoted with the basis `custom`. An invalid entry of a document
   * is left out (`onCatalogIssue`), and the prices of the others have their own basis.
   */
  models?: readonly ModelDefinition[] | CatalogDocument | undefined;
  /**
   * Receives a warning for each entry of a catalog document that is left out. What it throws, or rejects with, is ignored.
   *
   * @default writes it with `console.warn`
   */
  onCatalogIssue?: ((issue: Issue) => void) | undefined;
  /**
   * Receives each event: a job that was submitted, accepted, has progressed or ended, and a download. It is called at once
   * and not awaited. What it throws, or rejects with, is ignored. A job whose end was known before is not reported again.
   * Two clients that track the same job both report it: its `handle.id` is the same.
   */
  onEvent?: ((event: ClientEvent) => void) | undefined;
  /** What events contain. By default they hold no prompt. */
  events?: EventSettings | undefined;
  /**
   * Uploads an image that a request has as bytes, where a listing requires a URL (RunPod). It is called once for each
   * image, after the validation and before anything is stored or sent, and returns a URL that the provider can fetch.
   * `"runware"` stores the image at Runware (https://runware.ai/docs/platform/media-storage), with the API key of
   * `runware`. A gateway hosts images itself and does not call it.
   */
  upload?: UploadImage | "runware" | undefined;
  /**
   * The function that sends all requests. It is called with one `Request` of this runtime, so that a `fetch` of another
   * implementation, or one for `(url, init)`, sends nothing: the submit then fails with `connection_error`, charge `none`.
   *
   * @example A proxy in Node, with `undici`: `(request) => fetch(request, { dispatcher: new ProxyAgent(url) })`
   *
   * @default globalThis.fetch
   */
  fetch?: typeof globalThis.fetch | undefined;
  /**
   * Allows images, webhooks and uploads at private hosts. Use it with a simulator on your own machine.
   *
   * @default false
   */
  allowPrivateHosts?: boolean | undefined;
  /**
   * Time limit of one HTTP request, in milliseconds, more than 0. A submit that was sent is awaited so long, even
   * beyond `timeoutMs`: its response has the job's id.
   *
   * @default 30_000
   */
  requestTimeoutMs?: number | undefined;
}

/**
 * A client. `models`, `model`, `validate` and `quote` without `live` are synchronous and work offline. All other methods return a
 * promise that rejects with a `FilmgateError`, or with the reason of an aborted signal. All methods can be destructured.
 */
export interface Filmgate {
  /** Returns the catalog: models, their listings, parameters and prices. Offline. The result is shared and frozen. */
  models(options?: { brief?: false | undefined }): readonly Model[];
  /** The same in short: id, name, creator, modes, status and the cheapest price of each model. */
  models(options: { brief: true }): readonly ModelSummary[];
  /** Returns a built-in model of the catalog. Offline. The result is shared and frozen. */
  model(id: KnownModelId): Model;
  /** Returns a model of the catalog, or undefined if it has none with this id. */
  model(id: ModelId): Model | undefined;
  /** Returns all problems of a request, for each listing. Offline. The result is shared and frozen. */
  validate(request: VideoRequest): ValidationResult;
  /**
   * Returns the price at each listing, cheapest first, and why a listing is unavailable. Offline. The result is shared and
   * frozen.
   */
  quote(request: VideoRequest & { model: ModelId }, options?: QuoteOptions & { live?: false | undefined }): readonly Quote[];
  /** The same for a request that may have no model: with `details`, each quote is whole. */
  quote(request: VideoRequest, options: QuoteOptions & { details: true; live?: false | undefined }): readonly Quote[];
  /**
   * The same with Runware's own prices, from a dry run that generates nothing. Rejects with `missing_api_key` without a
   * key of Runware. If a response looks as if Runware had started a job all the same, it rejects with `invalid_response`,
   * charge `unknown` and the job's handle, which is in the store; if the response is lost, with `connection_error` and
   * the same. A gateway has no live quotes.
   */
  quote(request: VideoRequest, options: QuoteOptions & { live: true }): Promise<readonly Quote[]>;
  /** The same for a request that may have no model: the quotes of all models are in short. */
  quote(request: VideoRequest, options?: QuoteOptions & { live?: false | undefined }): readonly (Quote | QuoteSummary)[];
  /**
   * Asks for each listing whether the provider still offers it. Free: RunPod's endpoints answer without a key; Runware
   * is asked, with a key, for the price of a request that it cannot accept. Neither is documented. A listing that cannot
   * be asked for, such as each one through a gateway, is `unknown`.
   */
  probe(options?: ProbeOptions): Promise<ProbeResult[]>;
  /**
   * Submits a request to one listing and tracks the job. Resolves once the provider has accepted the job and its
   * record is stored. The handle names the listing. A literal request for a built-in model is checked by its type, too;
   * one that is typed `VideoRequest` is not.
   */
  submit<Id extends ModelId = ModelId>(request: { model?: Id | undefined } & RequestOf<Id>, options?: SubmitOptions): Promise<Job>;
  /**
   * Submits a request and returns the handle (fire and forget). Resolves once the provider has accepted the job and
   * its record is stored; nothing continues in this process. Use `status` or `resume` later. For short-lived
   * functions.
   */
  start<Id extends ModelId = ModelId>(
    request: { model?: Id | undefined } & RequestOf<Id>,
    options?: SubmitOptions,
  ): Promise<StartedHandle>;
  /**
   * Checks the status of a job once, without a polling loop. If the check fails, it rejects, and the job is
   * unaffected. For a job that is tracked in this process it returns the last known status without a request.
   *
   * `timeoutMs`: time limit in milliseconds, by default that of one request. The other options: see `ResumeOptions`.
   */
  status(handle: Handle, options?: ResumeOptions): Promise<JobStatus>;
  /** Submits a request and waits for the result. */
  generate<Id extends ModelId = ModelId>(
    request: { model?: Id | undefined } & RequestOf<Id>,
    options?: GenerateOptions,
  ): Promise<VideoResult>;
  /** Tracks a job by its handle, in this or any other runtime. */
  resume(handle: Handle, options?: ResumeOptions): Job;
  /** Lists the stored jobs, newest first. `pending`: only jobs that have not ended. */
  jobs(filter?: { pending?: boolean | undefined }): Promise<StoredJob[]>;
  /** Returns a stored job by the `id` of its handle, or undefined. Reads its record alone, not the whole store. */
  job(id: string): Promise<StoredJob | undefined>;
  /** Deletes a job from the store. The provider is not notified. */
  deleteJob(handle: Handle): Promise<void>;
  /**
   * Downloads a video to `sink`, resumes if the connection drops, and verifies the length. In Node, Bun and Deno the
   * sink can be a path or a `file:` URL, which stands for `fileSink` of `filmgate/node`.
   */
  download(video: Video, sink: Sink | string | URL, options?: DownloadOptions): Promise<DownloadResult>;
  /**
   * Returns the video as a `Response`: a streaming body, its type and, if it is known, its length. If the connection
   * drops and cannot be resumed, reading the body fails.
   */
  download(video: Video, sink?: undefined, options?: DownloadOptions): Promise<Response>;
  /**
   * Verifies and parses a webhook request of a job that was submitted with `webhook`. Rejects with `unauthorized` if
   * the URL does not carry the job's token; nothing else is read before that check.
   */
  verifyWebhook(request: WebhookRequest): Promise<WebhookEvent>;
  /**
   * Polls the job of a webhook immediately: a job that is tracked here, or one from the store, which is resumed. If
   * the event carries the missing id of a RunPod job, it resolves once that id is stored; respond to the webhook
   * afterwards.
   */
  handleWebhook(event: WebhookEvent): Promise<Job>;
}
