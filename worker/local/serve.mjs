// Runs a bundle in workerd by Miniflare, with the bindings, dates and flags that wrangler reads from the configuration.
import { subscribe, unsubscribe } from "node:diagnostics_channel";
import { readFileSync, readdirSync } from "node:fs";
import { join, resolve } from "node:path";
import { Log, LogLevel, Miniflare, convertV4MiniflareOptions } from "miniflare";
import { unstable_getMiniflareWorkerOptions as readWorker } from "wrangler";
import { limitedEntry } from "./limits.mjs";
import { VARIABLES } from "./variables.mjs";

/** Logs to the error output: standard output has only the line with the URL. */
class ErrorOutput extends Log {
  log(message) {
    process.stderr.write(`${message}\n`);
  }
}

/** Starts it: `{ url, pid(), stop() }`. Miniflare restarts workerd if it exits. */
export async function serve({ config, bundle, host, port, data, limits }) {
  const { assets, ratelimits = {}, ...workerOptions } = readWorker(resolve(config)).workerOptions;
  for (const [name, limit] of Object.entries(limits)) ratelimits[name].simple.limit = Number(limit);
  const bindings = Object.fromEntries(
    VARIABLES.flatMap((name) => (process.env[name] ? [[name, process.env[name]]] : [])),
  );
  const workerd = watchWorkerd();
  const miniflare = new Miniflare(
    convertV4MiniflareOptions({
      workers: [
        {
          ...workerOptions,
          name: "gateway",
          bindings: { ...workerOptions.bindings, ...bindings },
          ...(assets && { serviceBindings: { ASSETS: "files" } }),
          rootPath: resolve(bundle),
          modulesRoot: resolve(bundle),
          modules: modulesOf(bundle, ratelimits),
        },
        ...(assets ? [filesOf(bundle, assets)] : []),
      ],
      host,
      port,
      resourcePersistencePath: resolve(data),
      // No request to Cloudflare, and no telemetry.
      cf: false,
      telemetry: { enabled: false },
      log: new ErrorOutput(LogLevel.WARN),
      handleStructuredLogs: ({ message }) => process.stderr.write(`${message}\n`),
    }),
  );
  const { origin } = await miniflare.ready;
  return {
    url: origin,
    pid: workerd.pid,
    stop: async () => {
      workerd.dispose();
      await miniflare.dispose();
    },
  };
}

/**
 * The bundle's assets as a separate worker. Miniflare would put them in front of the gateway, which costs half as much
 * again per request; a deployment has them at the edge.
 */
function filesOf(bundle, { assetConfig }) {
  const script = "export default { fetch: () => new Response(null, { status: 404 }) };";
  const directory = resolve(bundle, "assets");
  return { name: "files", modules: true, script, assets: { directory, assetConfig } };
}

/** The modules of a bundle, its entry first. */
function modulesOf(bundle, ratelimits) {
  const names = readdirSync(bundle).filter((name) => /\.(js|wasm)$/.test(name));
  const isScript = (name) => name.endsWith(".js");
  const modules = names.map((name) => ({
    type: isScript(name) ? "ESModule" : "CompiledWasm",
    path: name,
    contents: readFileSync(join(bundle, name), isScript(name) ? "utf8" : undefined),
  }));
  const contents = limitedEntry(names.find(isScript), ratelimits);
  return [{ type: "ESModule", path: "limited.js", contents }, ...modules];
}

/** Finds workerd's process among the children: Miniflare does not expose it, and tests kill it. */
function watchWorkerd() {
  let newest;
  const onSpawn = ({ process: child }) => {
    newest = child;
  };
  subscribe("child_process", onSpawn);
  return { pid: () => newest?.pid, dispose: () => unsubscribe("child_process", onSpawn) };
}
