// What Miniflare takes of a worker's configuration. wrangler reads it and takes a second to load, so the answer is kept
// beside the bundle.
import { existsSync, readFileSync, writeFileSync } from "node:fs";
import { join, resolve } from "node:path";
import { VARIABLES } from "./variables.mjs";

// wrangler says on standard output where secrets may come from.
process.env.WRANGLER_LOG ??= "error";

const FILE = "options.json";

/** Without the variables: these come from the environment, and some are secrets. */
async function read(config) {
  const { unstable_getMiniflareWorkerOptions: readWorker } = await import("wrangler");
  const { workerOptions } = readWorker(resolve(config));
  const bindings = Object.entries(workerOptions.bindings ?? {}).filter(([name]) => !VARIABLES.includes(name));
  return { ...workerOptions, bindings: Object.fromEntries(bindings) };
}

/** Keeps them in the bundle's folder. */
export async function keepOptions(config, folder) {
  writeFileSync(join(folder, FILE), JSON.stringify(await read(config)));
}

/** What is kept in the bundle's folder, or else what the configuration says. */
export async function optionsFor(config, folder) {
  const kept = join(folder, FILE);
  return existsSync(kept) ? JSON.parse(readFileSync(kept, "utf8")) : read(config);
}
