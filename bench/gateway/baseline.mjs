// Another commit's gateway, measured in the same run, by the same engine.
import { readFileSync } from "node:fs";
import { join } from "node:path";
import { pathToFileURL } from "node:url";
import engine from "workerd";
import { buildBaseline } from "../lib/baseline.mjs";

/** What the limiters of commits before 2026-11-23 are called. */
const OLD_NAMES = { CREATE_LIMITER: "CREATES", READ_LIMITER: "READS" };

/** The `startGateway` of that commit. */
export async function startGatewayOf(commit) {
  const folder = await buildBaseline(commit);
  const imported = (path) => import(pathToFileURL(join(folder, path)));
  await (await imported("scripts/lib/node.mjs")).modernNode();
  const { startGateway } = await imported("scripts/lib/gateway.mjs");
  const isOld = !readFileSync(join(folder, "worker", "wrangler.jsonc"), "utf8").includes("CREATE_LIMITER");
  const nameOf = (name) => (isOld ? OLD_NAMES[name] : name);
  return async ({ limits, ...options }) => {
    const gateway = await startGateway({
      ...options,
      limits: Object.fromEntries(Object.entries(limits).map(([name, limit]) => [nameOf(name), limit])),
      // That commit's own engine may be another one, whose cost would be counted for the gateway's.
      vars: { MINIFLARE_WORKERD_PATH: engine.default },
    });
    return isOld ? { ...gateway, createKey: async () => ({ apiKey: (await gateway.token()).token }) } : gateway;
  };
}
