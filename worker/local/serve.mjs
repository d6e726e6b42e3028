// A bundle in workerd, by Miniflare: bindings, dates and flags as wrangler reads them from the configuration.
import { subscribe, unsubscribe } from "node:diagnostics_channel";
import { readFileSync, readdirSync } from "node:fs";
import { join, resolve } from "node:path";
import { Log, LogLevel, Miniflare, convertV4MiniflareOptions } from "miniflare";
import { unstable_getMiniflareWorkerOptions as readWorker } from "wrangler";
import { VARIABLES } from "./variables.mjs";

/** Standard output is for the one line that tells the address. */
class ErrorOutput extends Log {
  log(message) {
    process.stderr.write(`${message}\n`);
  }
}

/** Starts it: `{ url, pid(), stop() }`. Where workerd dies, Miniflare starts it again. */
export async function serve({ config, bundle, host, port, data, limits }) {
  const { workerOptions } = readWorker(resolve(config));
  if (workerOptions.assets) workerOptions.assets.directory = resolve(bundle, "assets");
  for (const [name, limit] of Object.entries(limits)) {
    workerOptions.ratelimits[name].simple.limit = Number(limit);
  }
  const bindings = Object.fromEntries(
    VARIABLES.flatMap((name) => (process.env[name] ? [[name, process.env[name]]] : [])),
  );
  const workerd = watchWorkerd();
  const miniflare = new Miniflare(
    convertV4MiniflareOptions({
      ...workerOptions,
      name: "gateway",
      bindings: { ...workerOptions.bindings, ...bindings },
      rootPath: resolve(bundle),
      modulesRoot: resolve(bundle),
      modules: modulesOf(bundle),
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

/** The modules of a bundle, its entry first. What wrangler bundles as text has its digest before its name. */
function modulesOf(bundle) {
  const typeOf = (name) => {
    if (name.endsWith(".wasm")) return "CompiledWasm";
    if (/^[0-9a-f]{40}-.*\.(html|css|js)$/.test(name)) return "Text";
    return name.endsWith(".js") ? "ESModule" : undefined;
  };
  return readdirSync(bundle)
    .map((name) => ({ path: name, type: typeOf(name) }))
    .filter(({ type }) => type)
    .sort((a, b) => Number(b.type === "ESModule") - Number(a.type === "ESModule"))
    .map(({ path, type }) => ({
      type,
      path,
      contents: readFileSync(join(bundle, path), type === "CompiledWasm" ? undefined : "utf8"),
    }));
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
