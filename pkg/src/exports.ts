// The exports that all entries share.
import { compileAhead } from "./core/core.js";
import { createFilmgate } from "./create-client.js";
import type { VideoRequest } from "./types/index.js";

export { composePrompt, createFilmgate } from "./create-client.js";
export { FilmgateError } from "./error.js";
export { memoryStore } from "./store/memory.js";
export { indexedDbStore } from "./store/indexeddb.js";
export type * from "./types/index.js";

/** A request with problems at every listing, and one with a price. */
const WARM_UP: VideoRequest[] = [
  { prompt: "", duration: 5, resolution: "720p", size: "1x1" },
  { model: "wan-2.6", prompt: "A fox", duration: 5, size: "1280x720" },
];

/**
 * Compiles the module in the background, so that the first call takes a millisecond in place of twenty. Optional: it is
 * compiled by the first call otherwise. Rejects with a `FilmgateError` if there is no WebAssembly.
 */
export async function ready(): Promise<void> {
  await compileAhead();
  // An engine compiles each function when it is first called.
  const client = createFilmgate();
  for (const request of WARM_UP) {
    client.validate(request);
    client.quote(request);
  }
}
