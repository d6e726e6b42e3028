// The entry for workerd.
import { createFilmgate } from "../workerd.js";
import { providerFactory } from "./provider.js";

/** Creates a provider. Nothing is loaded or sent before its first call. */
export const createFilmgateProvider = /* @__PURE__ */ providerFactory(createFilmgate);

/** A provider with the keys from the environment and a store in memory. */
export const filmgate = /* @__PURE__ */ createFilmgateProvider();

export * from "./exports.js";
