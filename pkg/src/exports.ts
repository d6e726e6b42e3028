// The exports that all entries share.
import * as core from "./core/core.js";

export { composePrompt, createFilmgate } from "./create-client.js";
export { FilmgateError } from "./error.js";
export { memoryStore } from "./store/memory.js";
export { indexedDbStore } from "./store/indexeddb.js";
export type * from "./types/index.js";

/**
 * Compiles the module in the background, so that the first call takes a millisecond in place of ten. Optional: it is
 * compiled by the first call otherwise. Rejects with a `FilmgateError` if there is no WebAssembly.
 */
export const ready: () => Promise<void> = core.ready;
