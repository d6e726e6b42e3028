import type { Filmgate, FilmgateOptions, ModelId } from "../types/index.js";
import { videoModel } from "./model.js";
import type { FilmgateProviderOptions } from "./options.js";
import type { FilmgateVideoModel } from "./spec.js";

/** A provider for the AI SDK, `ai` 6 and `ai` 7 alike. */
export interface FilmgateProvider {
  /** Of the AI SDK's specification; `ai` 7 takes it, too. */
  readonly specificationVersion: "v3";
  /** The client behind it: `pending`, `resume`, `download` and all the rest. */
  readonly client: Filmgate;
  /** A model of the catalog, a row of the caller's, or a provider's own id: `runpod:endpoint`. */
  video(modelId: ModelId): FilmgateVideoModel;
  /** The same, by the name that registries know. */
  videoModel(modelId: ModelId): FilmgateVideoModel;
  /** Throws the AI SDK's `NoSuchModelError`: there are none. */
  languageModel(modelId: string): never;
  /** Throws the AI SDK's `NoSuchModelError`: there are none. */
  embeddingModel(modelId: string): never;
  /** Throws the AI SDK's `NoSuchModelError`: there are none. */
  imageModel(modelId: string): never;
}

/** How providers are made; each entry of the package brings the module in its own way. */
export function providersOf(createFilmgate: (options: FilmgateOptions) => Filmgate) {
  return (options: FilmgateProviderOptions = {}): FilmgateProvider => {
    const client = options.client ?? createFilmgate(options);
    const video = (modelId: ModelId) => videoModel(modelId, client, options);
    return {
      specificationVersion: "v3",
      client,
      video,
      videoModel: video,
      languageModel: noModel("languageModel"),
      embeddingModel: noModel("embeddingModel"),
      imageModel: noModel("imageModel"),
    };
  };
}

/** An error that the AI SDK takes for its own `NoSuchModelError`. */
function noModel(modelType: string): (modelId: string) => never {
  return (modelId) => {
    const error = new Error(`filmgate makes videos alone: it has no ${modelType} "${modelId}".`);
    const marks = ["vercel.ai.error", "vercel.ai.error.AI_NoSuchModelError"];
    const marked = marks.map((mark) => [Symbol.for(mark), true] as const);
    throw Object.assign(
      error,
      { name: "AI_NoSuchModelError", modelId, modelType },
      Object.fromEntries(marked),
    );
  };
}
