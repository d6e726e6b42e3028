import type { Filmgate, FilmgateOptions, ModelId } from "../types/index.js";
import { providerOptions } from "./options.js";
import { videoModel } from "./model.js";
import type { FilmgateProviderOptions } from "./options.js";
import type { FilmgateVideoModel } from "./spec.js";

/** A provider for the AI SDK, `ai` 6 and `ai` 7. */
export interface FilmgateProvider {
  /** Version of the AI SDK's specification. `ai` 7 accepts it, too. */
  readonly specificationVersion: "v3";
  /** The underlying client, for `jobs`, `resume`, `download` and more. */
  readonly client: Filmgate;
  /** Returns a model: a built-in one, a custom one, or a provider's own id (`runpod:endpoint`). */
  video(modelId: ModelId): FilmgateVideoModel;
  /** Alias of `video`, used by provider registries. */
  videoModel(modelId: ModelId): FilmgateVideoModel;
  /** @throws the AI SDK's `NoSuchModelError`, always */
  languageModel(modelId: string): never;
  /** @throws the AI SDK's `NoSuchModelError`, always */
  embeddingModel(modelId: string): never;
  /** @throws the AI SDK's `NoSuchModelError`, always */
  imageModel(modelId: string): never;
}

/** Returns `createFilmgateProvider` for an entry, which loads the module in its own way. */
export function providerFactory(createFilmgate: (options: FilmgateOptions) => Filmgate) {
  return (given: FilmgateProviderOptions = {}): FilmgateProvider => {
    const { options, clientOptions } = providerOptions(given);
    const client = options.client ?? createFilmgate(clientOptions);
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

/** A function that throws an error which the AI SDK recognizes as its `NoSuchModelError`. */
function noModel(modelType: string): (modelId: string) => never {
  return (modelId) => {
    const error = new Error(`filmgate has video models only, and no ${modelType} "${modelId}". Use \`video\`.`);
    const markers = ["vercel.ai.error", "vercel.ai.error.AI_NoSuchModelError"];
    const marked = markers.map((marker) => [Symbol.for(marker), true] as const);
    throw Object.assign(
      error,
      { name: "AI_NoSuchModelError", modelId, modelType },
      Object.fromEntries(marked),
    );
  };
}
