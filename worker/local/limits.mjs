// Cloudflare's rate limits, in memory and inside the worker: Miniflare's own write to disk on each request, which halves
// the throughput of status reads.

/** The source of an entry module that wraps `entry` and adds these rate limits as bindings. */
export const limitedEntry = (entry, ratelimits) => `
import gateway from "./${entry}";
export * from "./${entry}";

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

export default {
  fetch: (request, env, ctx) => gateway.fetch(request, (bindings ??= { ...env, ...limits }), ctx),
};
`;
