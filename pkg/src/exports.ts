// What every entry exports.
export { composePrompt, createFilmgate } from "./filmgate.js";
export { FilmgateError } from "./error.js";
export { memoryStore } from "./memory-store.js";
export { indexedDbStore } from "./indexeddb-store.js";
export type * from "./types.js";
