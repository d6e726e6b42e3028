// Compiled, never run: what each entry's exports are, asserted to the letter.
import type { StandardJSONSchemaV1, StandardSchemaV1 } from "@standard-schema/spec";
import { expectTypeOf } from "expect-type";
import * as whole from "filmgate";
import type {
  CancelResult,
  CatalogDocument,
  Charge,
  ValidationResult,
  DownloadOptions,
  Filmgate,
  FilmgateOptions,
  Handle,
  Issue,
  Job,
  ResumableSink,
  Model,
  ModelId,
  ModelSummary,
  VideoResult,
  PromptParts,
  ProviderId,
  Quote,
  QuoteSummary,
  RequestOf,
  Sink,
  Status,
  Store,
  StoredJob,
  SubmitOptions,
  JobUpdate,
  Video,
  VideoRequest,
  WebhookRequest,
  WebhookEvent,
} from "filmgate";
import * as aiSdk from "filmgate/ai-sdk";
import type {
  FilmgateProvider,
  FilmgateProviderOptions,
  FilmgateVideoModel,
} from "filmgate/ai-sdk";
import * as batches from "filmgate/batch";
import type { Batch, BatchItem, BatchOptions, BatchResult, BatchUpdate } from "filmgate/batch";
import type catalog from "filmgate/catalog.json";
import * as element from "filmgate/element";
import type { ElementClient, FilmgateVideoEventMap, VideoLabels } from "filmgate/element";
import module from "filmgate/filmgate.wasm";
import * as gateway from "filmgate/gateway";
import type { GatewayClient, GatewayClientOptions } from "filmgate/gateway";
import * as node from "filmgate/node";
import * as prices from "filmgate/prices";
import type { PriceRefresh, RefreshPricesOptions } from "filmgate/prices";
import * as react from "filmgate/react";
import type { GenerateVideo, UseGenerateVideoOptions, VideoClient, VideoState } from "filmgate/react";
import * as schemas from "filmgate/schema";
import type { RequestSchema } from "filmgate/schema";
import * as slim from "filmgate/slim";
import * as cloudflare from "filmgate/cloudflare";
import type { ObjectStorage } from "filmgate/cloudflare";
import * as sqlite from "filmgate/sqlite";
import * as testing from "filmgate/testing";
import type { ChargeRecord, FaultRule, RecordedSubmission, Simulator, SimulatorOptions } from "filmgate/testing";

// filmgate
type Values =
  "FilmgateError" | "composePrompt" | "createFilmgate" | "indexedDbStore" | "memoryStore" | "ready";
expectTypeOf<keyof typeof whole>().toEqualTypeOf<Values>();
expectTypeOf(whole.createFilmgate).toEqualTypeOf<(options?: FilmgateOptions) => Filmgate>();
expectTypeOf(whole.composePrompt).toEqualTypeOf<(parts: PromptParts) => string>();
expectTypeOf(whole.memoryStore).toEqualTypeOf<() => Store>();
expectTypeOf(whole.indexedDbStore).toEqualTypeOf<(name?: string) => Store>();

// A client
declare const client: Filmgate;
expectTypeOf(client.models()).toEqualTypeOf<readonly Model[]>();
expectTypeOf(client.models({ brief: true })).toEqualTypeOf<readonly ModelSummary[]>();
expectTypeOf(client.model("wan-2.6")).toEqualTypeOf<Model>();
expectTypeOf(client.model("dream-9")).toEqualTypeOf<Model | undefined>();
expectTypeOf(client.validate).toEqualTypeOf<(request: VideoRequest) => ValidationResult>();
expectTypeOf(client.quote({ model: "wan-2.6" })).toEqualTypeOf<readonly Quote[]>();
expectTypeOf(client.quote({ prompt: "A fox" })).toEqualTypeOf<readonly (Quote | QuoteSummary)[]>();
expectTypeOf(client.quote({ prompt: "A fox" }, { details: true })).toEqualTypeOf<readonly Quote[]>();
expectTypeOf(client.quote({ model: "wan-2.6" }, { live: true })).toEqualTypeOf<Promise<readonly Quote[]>>();
declare const request: VideoRequest;
declare const submitOptions: SubmitOptions;
expectTypeOf(client.submit(request, submitOptions)).toEqualTypeOf<Promise<Job>>();
expectTypeOf(client.generate(request)).toEqualTypeOf<Promise<VideoResult>>();
expectTypeOf<RequestOf<"wan-2.6">["duration"]>().toEqualTypeOf<5 | 10 | 15>();
expectTypeOf<RequestOf<"wan-2.2">>().toMatchTypeOf<{ image: NonNullable<VideoRequest["image"]> }>();
expectTypeOf<RequestOf<ModelId>>().toEqualTypeOf<VideoRequest>();
expectTypeOf<RequestOf<"dream-9">>().toEqualTypeOf<VideoRequest>();
expectTypeOf(client.resume).parameter(0).toEqualTypeOf<Handle>();
expectTypeOf(client.resume).returns.toEqualTypeOf<Job>();
expectTypeOf(client.jobs).toEqualTypeOf<
  (filter?: { pending?: boolean | undefined }) => Promise<StoredJob[]>
>();
expectTypeOf(client.job).toEqualTypeOf<(id: string) => Promise<StoredJob | undefined>>();
expectTypeOf(client.deleteJob).toEqualTypeOf<(handle: Handle) => Promise<void>>();
declare const video: Video;
declare const options: DownloadOptions;
expectTypeOf(client.download(video, "a.mp4", options)).toEqualTypeOf<Promise<{ bytes: number }>>();
expectTypeOf(client.download(video, undefined, options)).toEqualTypeOf<Promise<Response>>();
expectTypeOf(client.verifyWebhook).toEqualTypeOf<
  (request: WebhookRequest) => Promise<WebhookEvent>
>();
expectTypeOf(client.handleWebhook).toEqualTypeOf<(event: WebhookEvent) => Promise<Job>>();

// A job, and what comes of it
expectTypeOf<Job>().toMatchTypeOf<AsyncIterable<JobUpdate>>();
expectTypeOf<Job["handle"]>().toEqualTypeOf<Handle>();
expectTypeOf<Job["result"]>().returns.resolves.toEqualTypeOf<VideoResult>();
expectTypeOf<Job["cancel"]>().returns.resolves.toEqualTypeOf<CancelResult>();
expectTypeOf<JobUpdate["status"]>().toEqualTypeOf<Status>();
expectTypeOf<VideoResult["videos"]>().toEqualTypeOf<Video[]>();
expectTypeOf<VideoResult["charge"]>().toEqualTypeOf<"none" | "charged" | "unknown">();
expectTypeOf<NonNullable<StoredJob["error"]>["charge"]>().toEqualTypeOf<Charge>();

// A quote has a price only if its `basis` says so.
type Of<Basis> = Extract<Quote, { basis: Basis }>;
expectTypeOf<Of<"exact">["totalUsd"]>().toEqualTypeOf<number>();
expectTypeOf<Of<"range">["maxUsd"]>().toEqualTypeOf<number>();
expectTypeOf<Of<"range">>().not.toHaveProperty("totalUsd");
expectTypeOf<Of<"unknown">>().not.toHaveProperty("maxUsd");
expectTypeOf<Extract<Quote, { available: false }>["issues"]>().toEqualTypeOf<Issue[]>();

// An error
expectTypeOf<whole.FilmgateError>().toMatchTypeOf<Error>();
expectTypeOf<whole.FilmgateError["name"]>().toEqualTypeOf<"FilmgateError">();
expectTypeOf<whole.FilmgateError["charge"]>().toEqualTypeOf<Charge>();
expectTypeOf<whole.FilmgateError["retryable"]>().toEqualTypeOf<boolean>();
expectTypeOf<whole.FilmgateError["handle"]>().toEqualTypeOf<Handle | undefined>();
expectTypeOf<whole.FilmgateError["issues"]>().toEqualTypeOf<Issue[]>();

// filmgate/slim has one more export, which accepts the module.
expectTypeOf<keyof typeof slim>().toEqualTypeOf<Values | "initWasm">();
expectTypeOf<Pick<typeof slim, Values>>().toEqualTypeOf<Pick<typeof whole, Values>>();
expectTypeOf(slim.initWasm).toEqualTypeOf<
  (module: WebAssembly.Module | ArrayBuffer | ArrayBufferView) => void
>();
expectTypeOf(module).toEqualTypeOf<WebAssembly.Module>();
// TypeScript 5.1 takes a JSON file for CommonJS, whose default is one level down.
type Bundled = typeof catalog extends { default: infer Default } ? Default : typeof catalog;
expectTypeOf<Bundled>().toEqualTypeOf<CatalogDocument>();

// filmgate/node
expectTypeOf<keyof typeof node>().toEqualTypeOf<"fileSink" | "folderStore">();
expectTypeOf(node.fileSink).toEqualTypeOf<(path: string | URL) => ResumableSink>();
expectTypeOf(node.folderStore).toEqualTypeOf<(path: string | URL) => Store>();

// filmgate/sqlite and filmgate/cloudflare
expectTypeOf<keyof typeof sqlite>().toEqualTypeOf<"sqliteStore">();
expectTypeOf(sqlite.sqliteStore).toEqualTypeOf<(path: string | URL) => Store>();
expectTypeOf<keyof typeof cloudflare>().toEqualTypeOf<"durableObjectStore">();
expectTypeOf(cloudflare.durableObjectStore).toEqualTypeOf<(storage: ObjectStorage) => Store>();

// filmgate/batch: an item's fields by its status
expectTypeOf<keyof typeof batches>().toEqualTypeOf<"batch">();
expectTypeOf(batches.batch).toEqualTypeOf<
  (client: Filmgate, requests: readonly VideoRequest[], options: BatchOptions) => Promise<Batch>
>();
expectTypeOf<Batch>().toMatchTypeOf<AsyncIterable<BatchUpdate>>();
expectTypeOf<Batch["result"]>().returns.resolves.toEqualTypeOf<BatchResult>();
expectTypeOf<Extract<BatchItem, { status: "completed" }>["result"]>().toEqualTypeOf<VideoResult>();
expectTypeOf<Extract<BatchItem, { status: "not_started" }>["reason"]>().toEqualTypeOf<"budget" | "aborted">();

// filmgate/prices
expectTypeOf<keyof typeof prices>().toEqualTypeOf<"refreshPrices">();
expectTypeOf(prices.refreshPrices).toEqualTypeOf<(client: Filmgate, options?: RefreshPricesOptions) => Promise<PriceRefresh>>();
// filmgate/gateway: the same jobs, and promises of what the full client knows offline.
type GatewayValues = "FilmgateError" | "createGatewayClient" | "indexedDbStore" | "memoryStore";
expectTypeOf<keyof typeof gateway>().toEqualTypeOf<GatewayValues>();
expectTypeOf(gateway.createGatewayClient).toEqualTypeOf<(options: GatewayClientOptions) => GatewayClient>();
declare const remote: GatewayClient;
expectTypeOf(remote.quote).toEqualTypeOf<(request: VideoRequest) => Promise<Quote[]>>();
expectTypeOf(remote.validate).toEqualTypeOf<(request: VideoRequest) => Promise<ValidationResult>>();
expectTypeOf(remote.models).toEqualTypeOf<() => Promise<readonly Model[]>>();
expectTypeOf(remote.submit(request, submitOptions)).toEqualTypeOf<Promise<Job>>();
expectTypeOf(remote.resume).toEqualTypeOf<Filmgate["resume"]>();

// filmgate/react and filmgate/element take both clients.
expectTypeOf<keyof typeof react>().toEqualTypeOf<"FilmgateError" | "useGenerateVideo">();
expectTypeOf(react.useGenerateVideo).toEqualTypeOf<
  (client: VideoClient, options?: UseGenerateVideoOptions) => GenerateVideo
>();
expectTypeOf<GenerateVideo>().toMatchTypeOf<VideoState>();
expectTypeOf<GenerateVideo["submit"]>().returns.resolves.toEqualTypeOf<VideoResult | undefined>();
export const clients: VideoClient[] = [client, remote];
expectTypeOf<keyof typeof element>().toEqualTypeOf<"FilmgateError" | "FilmgateVideoElement">();
export const elementClients: ElementClient[] = [client, remote];
const found = document.querySelector("filmgate-video")!;
const shown = document.createElement("filmgate-video");
expectTypeOf(shown).toEqualTypeOf<element.FilmgateVideoElement>();
expectTypeOf(shown.state).toEqualTypeOf<VideoState>();
shown.apiKey = async () => "fgw_minted";
shown.labels = { generate: "Generieren" } satisfies Partial<VideoLabels>;
found.addEventListener("done", ({ detail }) => expectTypeOf(detail).toEqualTypeOf<VideoResult>());
found.addEventListener("error", ({ detail }) => expectTypeOf(detail).toEqualTypeOf<element.FilmgateError>());
found.addEventListener("progress", ({ detail }) => expectTypeOf(detail).toEqualTypeOf<VideoState>());
found.addEventListener("click", ({ button }) => expectTypeOf(button).toEqualTypeOf<number>());
found.addEventListener("mine", { handleEvent: (event) => expectTypeOf(event).toEqualTypeOf<Event>() });
const onDone = ({ detail }: FilmgateVideoEventMap["done"]) => detail.costUsd;
found.addEventListener("done", onDone, { once: true });
found.removeEventListener("done", onDone);
// @ts-expect-error It is no `ErrorEvent`.
found.addEventListener("error", (event: ErrorEvent) => event.lineno);
// @ts-expect-error Nor does it load anything.
found.addEventListener("progress", (event: ProgressEvent) => event.loaded);

// filmgate/schema: what libraries read of a Standard Schema.
expectTypeOf<keyof typeof schemas>().toEqualTypeOf<"schema">();
const wan = schemas.schema(client, "wan-2.6");
expectTypeOf(wan).toEqualTypeOf<RequestSchema<"wan-2.6">>();
type Output = RequestOf<"wan-2.6"> & { model: "wan-2.6" };
export const standard: StandardSchemaV1<RequestOf<"wan-2.6">, Output> & StandardJSONSchemaV1 = wan;
expectTypeOf<StandardSchemaV1.InferOutput<typeof wan>>().toEqualTypeOf<Output>();
export const submitted = (valid: Output) => client.submit(valid);

// filmgate/testing: its options are those of a client.
expectTypeOf<keyof typeof testing>().toEqualTypeOf<"createSimulator">();
expectTypeOf(testing.createSimulator).toEqualTypeOf<(options?: SimulatorOptions) => Simulator>();
expectTypeOf<Simulator["options"]>().toMatchTypeOf<FilmgateOptions>();
expectTypeOf<Simulator["fetch"]>().toEqualTypeOf<typeof globalThis.fetch>();
expectTypeOf<Simulator["injectFault"]>().toEqualTypeOf<(rule: FaultRule) => void>();
expectTypeOf<Simulator["submissions"]>().toEqualTypeOf<() => RecordedSubmission[]>();
expectTypeOf<Simulator["charges"]>().toEqualTypeOf<() => ChargeRecord[]>();

// filmgate/ai-sdk
type AiSdkValues = "FilmgateCallError" | "createFilmgateProvider" | "filmgate";
expectTypeOf<keyof typeof aiSdk>().toEqualTypeOf<AiSdkValues>();
expectTypeOf(aiSdk.createFilmgateProvider).toEqualTypeOf<
  (options?: FilmgateProviderOptions) => FilmgateProvider
>();
expectTypeOf(aiSdk.filmgate).toEqualTypeOf<FilmgateProvider>();
expectTypeOf<FilmgateProviderOptions>().toMatchTypeOf<FilmgateOptions>();
expectTypeOf<FilmgateProvider["client"]>().toEqualTypeOf<Filmgate>();
expectTypeOf<FilmgateProvider["video"]>().toEqualTypeOf<(modelId: ModelId) => FilmgateVideoModel>();
expectTypeOf<FilmgateProvider["videoModel"]>().toEqualTypeOf<FilmgateProvider["video"]>();
expectTypeOf<FilmgateVideoModel["specificationVersion"]>().toEqualTypeOf<"v3">();
