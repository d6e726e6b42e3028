// The exports that all entries share.
export { composePrompt, createFilmgate } from "./create-client.js";
export { FilmgateError } from "./error.js";
export { memoryStore } from "./store/memory.js";
export { indexedDbStore } from "./store/indexeddb.js";
export type * from "./types/index.js";
