// The module around the bundle, inside the worker: what Cloudflare's network does in front of a deployed one.

/**
 * The source of an entry module around `entry`.
 * - Rate limits, in memory: Miniflare's own write to disk on each request, which halves the throughput of status reads.
 * - The client's address: only the proxy in front knows it, and appends it to `x-forwarded-for`.
 * - Without PUBLIC_URL, requests to this machine alone: the host of a request becomes the origin of signed URLs.
 */
export const localEntry = (entry, ratelimits) => `
import gateway from "./${entry}";
export * from "./${entry}";

const LOOPBACK = new Set(["localhost", "127.0.0.1", "[::1]"]);

class RateLimit {
  #counts = new Map();
  constructor({ limit, period }) {
    this.max = limit;
    this.periodMs = period * 1000;
  }
  async limit({ key }) {
    const period = Math.floor(Date.now() / this.periodMs);
    const current = this.#counts.get(key);
    const count = current?.period === period ? current.count + 1 : 1;
    this.#counts.set(key, { period, count });
    return { success: count <= this.max };
  }
}

const rules = ${JSON.stringify(ratelimits)};
const limits = Object.fromEntries(Object.entries(rules).map(([name, { simple }]) => [name, new RateLimit(simple)]));
let bindings;

function withClientAddress(request) {
  const forwarded = request.headers.get("x-forwarded-for")?.split(",").at(-1).trim();
  if (!forwarded && !request.headers.has("cf-connecting-ip")) return request;
  const changed = new Request(request);
  changed.headers.delete("cf-connecting-ip");
  if (forwarded) changed.headers.set("cf-connecting-ip", forwarded);
  return changed;
}

export default {
  ...gateway,
  fetch: (request, env, ctx) => {
    bindings ??= { ...env, ...limits };
    if (!env.PUBLIC_URL && !LOOPBACK.has(new URL(request.url).hostname)) {
      return new Response("Set PUBLIC_URL: without it the gateway answers this machine alone.\\n", { status: 421 });
    }
    return gateway.fetch(withClientAddress(request), bindings, ctx);
  },
};
`;
