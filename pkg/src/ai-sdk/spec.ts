// The part of the AI SDK's specification for video models that is spoken here, structurally: what its
// version 3 (`ai` 6) and version 4 (`ai` 7) share, and what version 4 adds.
import type { Json } from "../types.js";

export type JsonObject = { [name: string]: Json };
export type ProviderMetadata = Record<string, JsonObject>;

/** A picture or a video that the caller gives. */
export type CallFile =
  | { type: "file"; mediaType: string; data: string | Uint8Array }
  | { type: "url"; url: string; mediaType?: string };

export interface CallOptions {
  prompt: string | undefined;
  n: number;
  aspectRatio: `${number}:${number}` | "adaptive" | undefined;
  resolution: `${number}x${number}` | undefined;
  duration: number | undefined;
  fps: number | undefined;
  seed: number | undefined;
  image: CallFile | undefined;
  frameImages?: { image: CallFile; frameType: "first_frame" | "last_frame" }[] | undefined;
  inputReferences?: CallFile[] | undefined;
  generateAudio?: boolean | undefined;
  providerOptions: Record<string, { [name: string]: unknown }>;
  abortSignal?: AbortSignal;
  headers?: Record<string, string | undefined>;
}

export type Warning =
  | { type: "unsupported"; feature: string; details?: string }
  | { type: "other"; message: string };

export type VideoData =
  | { type: "url"; url: string; mediaType: string }
  | { type: "base64"; data: string; mediaType: string };

export interface Response {
  timestamp: Date;
  modelId: string;
  headers: Record<string, string> | undefined;
}

export interface Generated {
  videos: VideoData[];
  warnings: Warning[];
  providerMetadata: ProviderMetadata;
  response: Response;
}

export interface Started {
  operation: Json;
  warnings: Warning[];
  providerMetadata: ProviderMetadata;
  response: Response;
}

export type OperationStatus =
  | { status: "pending"; providerMetadata: ProviderMetadata; response: Response }
  | ({ status: "completed" } & Generated);

export interface StatusOptions {
  operation: Json;
  abortSignal?: AbortSignal;
  headers?: Record<string, string | undefined>;
}

/** What a receiver of webhooks hands over. */
type Received = PromiseLike<{ headers: Record<string, string>; body: Json }>;

export interface WebhookOption {
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
  handleWebhookOption(
    options: WebhookOption,
  ): Promise<{ webhookUrl: string; received: Received }>;
}
