// The gateway, counting the calls of its objects and of their storage by name: `GET /counted`.
import gateway, { Account, Batch, Job, JobIndex, ProviderHealth, Registry } from "../../../worker/src/index.js";
import type { Env } from "../../../worker/src/env.js";

export { Account, Batch, Job, JobIndex, ProviderHealth, Registry };

const counts: Record<string, number> = {};
const add = (name: string): void => {
  counts[name] = (counts[name] ?? 0) + 1;
};

type Methods = Record<string, (...args: unknown[]) => unknown>;

let isWatched = false;

/** Each object has a storage of its own, of the same class. */
function watch({ kv, sql }: DurableObjectStorage): void {
  if (isWatched) return;
  isWatched = true;
  for (const [label, instance, names] of [
    ["kv", kv, ["get", "list", "put", "delete"]],
    ["sql", sql, ["exec"]],
  ] as const) {
    const methods = Object.getPrototypeOf(instance) as Methods;
    for (const name of names) {
      const method = methods[name]!;
      methods[name] = function (...args) {
        add(`${label}.${name}`);
        return method.apply(this, args);
      };
    }
  }
}

for (const [label, { prototype }] of Object.entries({ Account, Job, JobIndex, ProviderHealth })) {
  const methods = prototype as unknown as Methods;
  for (const name of Object.getOwnPropertyNames(prototype)) {
    const method = methods[name];
    if (name === "constructor" || typeof method !== "function") continue;
    methods[name] = function (...args) {
      watch((this as unknown as { ctx: DurableObjectState }).ctx.storage);
      add(`${label}.${name}`);
      return method.apply(this, args);
    };
  }
}

export default {
  fetch(request: Request, env: Env, context: ExecutionContext) {
    if (new URL(request.url).pathname === "/counted") return Response.json(counts);
    return gateway.fetch(request, env, context);
  },
} satisfies ExportedHandler<Env>;
