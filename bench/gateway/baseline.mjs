// Another commit's gateway, measured in the same run, by the same engine.
import { join } from "node:path";
import { pathToFileURL } from "node:url";
import engine from "workerd";
import { buildBaseline } from "../lib/baseline.mjs";

/** The `startGateway` of that commit. */
export async function startGatewayOf(commit) {
  const folder = await buildBaseline(commit);
  const imported = (path) => import(pathToFileURL(join(folder, path)));
  await (await imported("scripts/lib/node.mjs")).modernNode();
  const { startGateway } = await imported("scripts/lib/gateway.mjs");
  // That commit's own engine may be another one, whose cost would be counted for the gateway's.
  return (options) => startGateway({ ...options, vars: { MINIFLARE_WORKERD_PATH: engine.default } });
}
