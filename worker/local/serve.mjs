// A bundle in workerd, by Miniflare: bindings, dates and flags as wrangler reads them from the configuration.
import { subscribe, unsubscribe } from "node:diagnostics_channel";
import { readFileSync, readdirSync } from "node:fs";
import { join, resolve } from "node:path";
import { Log, LogLevel, Miniflare, convertV4MiniflareOptions } from "miniflare";
import { unstable_getMiniflareWorkerOptions as readWorker } from "wrangler";
import { limitedEntry } from "./limits.mjs";
import { VARIABLES } from "./variables.mjs";

/** Standard output is for the one line that tells the address. */
class ErrorOutput extends Log {
  log(message) {
    process.stderr.write(`${message}\n`);
  }
}

/** Starts it: `{ url, pid(), stop() }`. Where workerd dies, Miniflare starts it again. */
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
      // Cloudflare is asked nothing, and told nothing.
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
      workerd.forget();
      await miniflare.dispose();
    },
  };
}

/**
 * The bundle's assets, beside the gateway. Miniflare would put them before it, and half as much work again into each
 * call; a deployment has them at the edge.
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

/** Which of the processes that this one starts is workerd: Miniflare does not tell, and a test wants to kill it. */
function watchWorkerd() {
  let newest;
  const see = ({ process: child }) => {
    newest = child;
  };
  subscribe("child_process", see);
  return { pid: () => newest?.pid, forget: () => unsubscribe("child_process", see) };
}
