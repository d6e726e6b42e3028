// Loaded before a recipe: requests to the providers' real addresses reach the simulated ones, whose URLs are in PROVIDERS.
const providers = JSON.parse(process.env.PROVIDERS ?? "null");

if (providers) {
  const real = globalThis.fetch;
  const places = Object.entries({
    "https://api.runpod.ai/v2": providers.runpod,
    "https://api.runware.ai/v1": providers.runware,
  });
  globalThis.fetch = async (input, init) => {
    const request = new Request(input, init);
    const [from, to] = places.find(([address]) => request.url.startsWith(address)) ?? [];
    if (!from) return real(request);
    const url = to + request.url.slice(from.length);
    const { method, headers, signal } = request;
    return real(url, { method, headers, signal, body: method === "GET" ? null : await request.arrayBuffer() });
  };
}
