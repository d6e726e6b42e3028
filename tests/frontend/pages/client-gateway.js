// The client of a gateway, without the module.
import { createGatewayClient, indexedDbStore } from "filmgate/gateway";

export function createClient(query) {
  const client = createGatewayClient({
    url: query.get("gateway"),
    apiKey: async () => (await (await fetch("/session")).json()).apiKey,
    store: indexedDbStore(),
  });
  globalThis.client = client;
  const request = { model: "wan-2.6", prompt: "A lighthouse in the rain", duration: 5, resolution: "720p" };
  return { client, request, options: { maxCostUsd: 2, ...JSON.parse(query.get("options") ?? "{}") } };
}
