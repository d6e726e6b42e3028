// The part of the AI SDK's specification of video models that is used here: what version 3 (`ai` 6) and version 4
// (`ai` 7) have in common, and the additions of version 4.
import type { Json } from "../types/index.js";

/** A JSON object. */
export type JsonObject = { [name: string]: Json };

/** Provider-specific metadata of a result, by the provider's name. */
export type ProviderMetadata = Record<string, JsonObject>;

/** An image, a video or audio in a call. */
export type CallFile =
  | { type: "file"; mediaType: string; data: string | Uint8Array }
  | { type: "url"; url: string; mediaType?: string | undefined };

/** Options of a call of a video model. */
export interface CallOptions {
  /** Description of the video. */
  prompt: string | undefined;
  /** Number of videos. */
  n: number;
  /** Aspect ratio, such as `16:9`. `adaptive`: that of the input. */
  aspectRatio: `${number}:${number}` | "adaptive" | undefined;
  /** Width and height in pixels. */
  resolution: `${number}x${number}` | undefined;
  /** Length in seconds. */
  duration: number | undefined;
  /** Frames per second. */
  fps: number | undefined;
  /** Seed for reproducible output. */
  seed: number | undefined;
  /** The first frame. */
  image: CallFile | undefined;
  /** The first and the last frame. */
  frameImages?: { image: CallFile; frameType: "first_frame" | "last_frame" }[] | undefined;
  /** Reference images, videos and audio. */
  inputReferences?: CallFile[] | undefined;
  /** Whether the video has audio. */
  generateAudio?: boolean | undefined;
  /** Provider-specific options, by the provider's name. */
  providerOptions: Record<string, { [name: string]: unknown }>;
  /** Stops waiting. */
  abortSignal?: AbortSignal | undefined;
  /** Only `idempotency-key` is used. */
  headers?: Record<string, string | undefined> | undefined;
}

/** A warning of a result. */
export type Warning =
  { type: "unsupported"; feature: string; details?: string } | { type: "other"; message: string };

/** A generated video. */
export type VideoData =
  | { type: "url"; url: string; mediaType: string }
  | { type: "base64"; data: string; mediaType: string };

/** Response metadata for the AI SDK's telemetry. */
export interface ResponseMetadata {
  /** When the response was received. */
  timestamp: Date;
  /** Model of the call. */
  modelId: string;
  /** Undefined: a job has several responses. */
  headers: Record<string, string> | undefined;
}

/** Result of `doGenerate`. */
export interface GenerateResult {
  /** The generated videos. */
  videos: VideoData[];
  /** Warnings, and the videos that failed. */
  warnings: Warning[];
  /** `filmgate`: a `FilmgateMetadata`. */
  providerMetadata: ProviderMetadata;
  /** Response metadata for telemetry. */
  response: ResponseMetadata;
}

/** Result of `doStart`. */
export interface StartResult {
  /** Identifies the jobs. For one job it is its handle. */
  operation: Json;
  /** Warnings. */
  warnings: Warning[];
  /** `filmgate`: a `FilmgateMetadata`. */
  providerMetadata: ProviderMetadata;
  /** Response metadata for telemetry. */
  response: ResponseMetadata;
}

/** Result of `doStatus`. A failure is thrown, because only an error can carry the handle. */
export type OperationStatus =
  | { status: "pending"; providerMetadata: ProviderMetadata; response: ResponseMetadata }
  | ({ status: "completed" } & GenerateResult);

/** Options of `doStatus`. */
export interface StatusOptions {
  /** `operation` of a `StartResult`, or a handle. */
  operation: unknown;
  /** Stops waiting. */
  abortSignal?: AbortSignal | undefined;
  /** Not used. */
  headers?: Record<string, string | undefined> | undefined;
}

/** Options of `handleWebhookOption`. */
export interface WebhookOption<Received> {
  /** Creates a URL. `received` settles once it was called. */
  webhook: () => PromiseLike<{ url: string; received: Received }>;
}

/**
 * A video model for `ai` 6 and `ai` 7. `ai` 6 knows version 3 only. `ai` 7 accepts it, too, and uses the functions of
 * version 4 if they exist.
 */
export interface FilmgateVideoModel {
  /** Version of the AI SDK's specification. */
  readonly specificationVersion: "v3";
  /** `filmgate.video`, for messages of the AI SDK. */
  readonly provider: string;
  /** The model id as given. */
  readonly modelId: string;
  /** Unlimited: filmgate splits a call into jobs itself. */
  readonly maxVideosPerCall: number;
  /** Submits and waits for the result. Throws a `FilmgateCallError`. */
  doGenerate(options: CallOptions): Promise<GenerateResult>;
  /** Submits and returns an operation. Throws a `FilmgateCallError`. */
  doStart(options: CallOptions & { webhookUrl?: string | undefined }): Promise<StartResult>;
  /** Checks the status once. It costs nothing and may be repeated. Throws a `FilmgateCallError`. */
  doStatus(options: StatusOptions): Promise<OperationStatus>;
  /** Enables webhooks. */
  handleWebhookOption<Received>(
    options: WebhookOption<Received>,
  ): Promise<{ webhookUrl: string; received: Received }>;
}
