// The exports that all entries of `filmgate/ai-sdk` share.
export { FilmgateCallError } from "./call-error.js";
export type {
  FilmgateProviderOptions,
  FilmgateVideoOptions,
  JsonCompatible,
  SubmitDefaults,
} from "./options.js";
export type { FilmgateProvider } from "./provider.js";
export type { FailedVideo, FilmgateMetadata } from "./result.js";
export type * from "./spec.js";
