// Compiled, never run: what each entry's exports are, asserted to the letter.
import { expectTypeOf } from "expect-type";
import * as whole from "filmgate";
import type {
  CancelResult,
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
  VideoResult,
  PromptParts,
  ProviderId,
  Quote,
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
import module from "filmgate/filmgate.wasm";
import * as node from "filmgate/node";
import * as slim from "filmgate/slim";
import * as testing from "filmgate/testing";
import type { ChargeRecord, FaultRule, RecordedSubmission, Simulator, SimulatorOptions } from "filmgate/testing";

// filmgate
type Values =
  "FilmgateError" | "composePrompt" | "createFilmgate" | "indexedDbStore" | "memoryStore";
expectTypeOf<keyof typeof whole>().toEqualTypeOf<Values>();
expectTypeOf(whole.createFilmgate).toEqualTypeOf<(options?: FilmgateOptions) => Filmgate>();
expectTypeOf(whole.composePrompt).toEqualTypeOf<(parts: PromptParts) => string>();
expectTypeOf(whole.memoryStore).toEqualTypeOf<() => Store>();
expectTypeOf(whole.indexedDbStore).toEqualTypeOf<(name?: string) => Store>();

// A client
declare const client: Filmgate;
expectTypeOf(client.models).toEqualTypeOf<() => Model[]>();
expectTypeOf(client.validate).toEqualTypeOf<(request: VideoRequest) => ValidationResult>();
expectTypeOf(client.quote({ model: "wan-2.6" })).toEqualTypeOf<Quote[]>();
expectTypeOf(client.quote({ model: "wan-2.6" }, { live: true })).toEqualTypeOf<Promise<Quote[]>>();
expectTypeOf(client.submit).toEqualTypeOf<
  (request: VideoRequest, options?: SubmitOptions) => Promise<Job>
>();
expectTypeOf(client.generate).parameter(0).toEqualTypeOf<VideoRequest>();
expectTypeOf(client.generate).returns.toEqualTypeOf<Promise<VideoResult>>();
expectTypeOf(client.resume).parameter(0).toEqualTypeOf<Handle>();
expectTypeOf(client.resume).returns.toEqualTypeOf<Job>();
expectTypeOf(client.jobs).toEqualTypeOf<
  (filter?: { pending?: boolean }) => Promise<StoredJob[]>
>();
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

// filmgate/node
expectTypeOf<keyof typeof node>().toEqualTypeOf<"fileSink" | "folderStore">();
expectTypeOf(node.fileSink).toEqualTypeOf<(path: string | URL) => ResumableSink>();
expectTypeOf(node.folderStore).toEqualTypeOf<(path: string | URL) => Store>();

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
