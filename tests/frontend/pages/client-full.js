// The full client of the simulated providers.
import { createFilmgate, indexedDbStore, memoryStore } from "filmgate";

export function createClient(query) {
  const runpod = query.get("runpod");
  const client = createFilmgate({
    runware: { apiKey: "any-key-of-this-test", baseURL: query.get("runware") },
    // Over plain HTTP, a browser refuses a body that can be sent once.
    ...(runpod && { runpod: { apiKey: "any-key-of-this-test", baseURL: runpod, acceptResendRisk: true } }),
    store: query.get("store") === "memory" ? memoryStore() : indexedDbStore(),
  });
  globalThis.client = client;
  const request = { model: "wan-2.6", prompt: "A lighthouse in the rain", duration: 5, resolution: "720p" };
  return { client, request, options: { maxCostUsd: 2, ...JSON.parse(query.get("options") ?? "{}") } };
}
