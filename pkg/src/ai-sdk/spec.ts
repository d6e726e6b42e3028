// The part of the AI SDK's specification for video models that is spoken here, structurally: what its
// version 3 (`ai` 6) and version 4 (`ai` 7) share, and what version 4 adds.
import type { Json } from "../types/index.js";

/** An object of JSON. */
export type JsonObject = { [name: string]: Json };

/** What a provider tells beside its videos, by the provider's name. */
export type ProviderMetadata = Record<string, JsonObject>;

/** A picture or a video that the caller gives. */
export type CallFile =
  | { type: "file"; mediaType: string; data: string | Uint8Array }
  | { type: "url"; url: string; mediaType?: string };

/** What the AI SDK asks a video model for. */
export interface CallOptions {
  /** What happens in the video. */
  prompt: string | undefined;
  /** How many videos. */
  n: number;
  /** Such as `16:9`; or as what is given has it. */
  aspectRatio: `${number}:${number}` | "adaptive" | undefined;
  /** Width and height in pixels. */
  resolution: `${number}x${number}` | undefined;
  /** Seconds. */
  duration: number | undefined;
  /** Frames a second. */
  fps: number | undefined;
  /** Makes a video repeatable. */
  seed: number | undefined;
  /** The first frame. */
  image: CallFile | undefined;
  /** The first and the last frame. */
  frameImages?: { image: CallFile; frameType: "first_frame" | "last_frame" }[] | undefined;
  /** What shall appear, or be followed. */
  inputReferences?: CallFile[] | undefined;
  /** Whether it has sound. */
  generateAudio?: boolean | undefined;
  /** What only one provider knows, by the provider's name. */
  providerOptions: Record<string, { [name: string]: unknown }>;
  /** Ends the waiting. */
  abortSignal?: AbortSignal;
  /** Of which the idempotency key is heard. */
  headers?: Record<string, string | undefined>;
}

/** What the caller should know, and may ignore. */
export type Warning =
  { type: "unsupported"; feature: string; details?: string } | { type: "other"; message: string };

/** A video that was made. */
export type VideoData =
  | { type: "url"; url: string; mediaType: string }
  | { type: "base64"; data: string; mediaType: string };

/** For the AI SDK's telemetry. */
export interface ResponseFacts {
  /** When it was answered. */
  timestamp: Date;
  /** The model that was asked for. */
  modelId: string;
  /** None: a job has many responses. */
  headers: Record<string, string> | undefined;
}

/** What `doGenerate` answers. */
export interface Generated {
  /** The videos that were made. */
  videos: VideoData[];
  /** What may be ignored, and which videos were not made. */
  warnings: Warning[];
  /** `filmgate`: a `FilmgateMetadata`. */
  providerMetadata: ProviderMetadata;
  /** For telemetry. */
  response: ResponseFacts;
}

/** What `doStart` answers. */
export interface Started {
  /** Finds the jobs again: of one job, its handle. */
  operation: Json;
  /** What may be ignored. */
  warnings: Warning[];
  /** `filmgate`: a `FilmgateMetadata`. */
  providerMetadata: ProviderMetadata;
  /** For telemetry. */
  response: ResponseFacts;
}

/** What `doStatus` answers. What failed is thrown, for only an error can hold the handle. */
export type OperationStatus =
  | { status: "pending"; providerMetadata: ProviderMetadata; response: ResponseFacts }
  | ({ status: "completed" } & Generated);

/** What `doStatus` is asked with. */
export interface StatusOptions {
  /** As `doStart` answered it; a handle will do. */
  operation: Json;
  /** Ends the waiting. */
  abortSignal?: AbortSignal;
  /** Not heard. */
  headers?: Record<string, string | undefined>;
}

/** What `handleWebhookOption` is given; `received` settles once the address was called. */
export interface WebhookOption<Received> {
  /** Makes an address, and tells when it was called. */
  webhook: () => PromiseLike<{ url: string; received: Received }>;
}

/**
 * A video model for `ai` 6 and `ai` 7. `ai` 6 knows version 3 alone; `ai` 7 takes that too, and uses the
 * functions of version 4 where they are there.
 */
export interface FilmgateVideoModel {
  /** Of the AI SDK's specification. */
  readonly specificationVersion: "v3";
  /** For the AI SDK's own messages: `filmgate.video`. */
  readonly provider: string;
  /** As it was given. */
  readonly modelId: string;
  /** Any number: the listings decide which of them are one job. */
  readonly maxVideosPerCall: number;
  /** Submits and waits for the end. */
  doGenerate(options: CallOptions): Promise<Generated>;
  /** Submits, and answers with what finds the jobs again. */
  doStart(options: CallOptions & { webhookUrl?: string }): Promise<Started>;
  /** Asks once. Costs nothing, so that it may be repeated. */
  doStatus(options: StatusOptions): Promise<OperationStatus>;
  /** Says that webhooks are understood. */
  handleWebhookOption<Received>(
    options: WebhookOption<Received>,
  ): Promise<{ webhookUrl: string; received: Received }>;
}
