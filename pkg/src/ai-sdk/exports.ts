// What every entry of `filmgate/ai-sdk` exports beside its functions.
export { FilmgateCallError } from "./call-error.js";
export type { FilmgateProviderOptions, FilmgateVideoOptions } from "./options.js";
export type { FilmgateProvider } from "./provider.js";
export type { FilmgateMetadata } from "./result.js";
export type { FilmgateVideoModel } from "./spec.js";
