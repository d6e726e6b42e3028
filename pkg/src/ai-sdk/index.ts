// filmgate as a provider for the AI SDK (the npm package `ai`).
import { createFilmgate } from "../index.js";
import { providersOf } from "./provider.js";

/** Makes a provider. Nothing is loaded or sent before its first call. */
export const createFilmgateProvider = /* @__PURE__ */ providersOf(createFilmgate);

/** A provider with the keys of the environment. Its store is the process's memory. */
export const filmgate = /* @__PURE__ */ createFilmgateProvider();

export * from "./exports.js";
