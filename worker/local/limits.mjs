// Rate limits as Cloudflare keeps them, in memory and beside the worker: Miniflare's own are written to a disk with each
// call, which made a status read half as quick as it is.

/** The text of a module that is the gateway's entry in place of `entry`, with these limits as its bindings. */
export const limitedEntry = (entry, ratelimits) => `
import gateway from "./${entry}";
export * from "./${entry}";

class Limit {
  #counts = new Map();
  constructor({ limit, period }) {
    this.most = limit;
    this.periodMs = period * 1000;
  }
  async limit({ key }) {
    const period = Math.floor(Date.now() / this.periodMs);
    const seen = this.#counts.get(key);
    const count = seen?.period === period ? seen.count + 1 : 1;
    this.#counts.set(key, { period, count });
    return { success: count <= this.most };
  }
}

const rules = ${JSON.stringify(ratelimits)};
const limits = Object.fromEntries(Object.entries(rules).map(([name, { simple }]) => [name, new Limit(simple)]));
let bindings;

export default {
  fetch: (request, env, ctx) => gateway.fetch(request, (bindings ??= { ...env, ...limits }), ctx),
};
`;
