// Rate limits as Cloudflare keeps them, in memory: Miniflare's own are written to a disk with each call, which made a
// status read half as quick as it is.

/** A worker beside the gateway with an entry for each limit of the configuration, and the gateway's bindings to them. */
export function rateLimits(ratelimits) {
  const classes = Object.entries(ratelimits).map(
    ([name, { simple }]) => `export class ${name} extends Limit {
  get most() { return ${Number(simple.limit)}; }
  get periodMs() { return ${Number(simple.period) * 1000}; }
}`,
  );
  const script = `${LIMIT}\n${classes.join("\n")}\nexport default {};`;
  const bindings = Object.fromEntries(
    Object.keys(ratelimits).map((name) => [name, { name: "limits", entrypoint: name }]),
  );
  return { worker: { name: "limits", modules: true, script }, bindings };
}

const LIMIT = `
import { WorkerEntrypoint } from "cloudflare:workers";
const calls = new Map();
class Limit extends WorkerEntrypoint {
  limit({ key }) {
    const period = Math.floor(Date.now() / this.periodMs);
    const name = this.constructor.name + key;
    const seen = calls.get(name);
    const count = seen?.period === period ? seen.count + 1 : 1;
    calls.set(name, { period, count });
    return { success: count <= this.most };
  }
}`;
