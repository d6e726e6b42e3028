// The full client of the simulated providers.
import { createFilmgate, indexedDbStore, memoryStore } from "filmgate";

export function createClient(query) {
  const client = createFilmgate({
    runware: { apiKey: "any-key-of-this-test", baseURL: query.get("runware") },
    store: query.get("store") === "memory" ? memoryStore() : indexedDbStore(),
  });
  const request = { model: "wan-2.6", prompt: "A lighthouse in the rain", duration: 5, resolution: "720p" };
  return { client, request, options: { maxCostUsd: 2, ...JSON.parse(query.get("options") ?? "{}") } };
}
