// Runs a bundle in workerd by Miniflare, with the bindings, dates and flags that wrangler reads from the configuration.
import { subscribe, unsubscribe } from "node:diagnostics_channel";
import { readFileSync, readdirSync } from "node:fs";
import { join, resolve } from "node:path";
import { Log, LogLevel, Miniflare, convertV4MiniflareOptions } from "miniflare";
import { unstable_getMiniflareWorkerOptions as readWorker } from "wrangler";
import { localEntry } from "./entry.mjs";
import { VARIABLES } from "./variables.mjs";

// It says on standard output where secrets may come from.
process.env.WRANGLER_LOG ??= "error";

/** Logs to the error output: standard output has only the line with the URL. */
class ErrorOutput extends Log {
  log(message) {
    process.stderr.write(`${message}\n`);
  }
}

/**
 * Starts it: `{ url, pid(), stop() }`. Miniflare restarts workerd if it exits. It runs no Cron Triggers, so they run here:
 * all of them every `cronMs`.
 */
export async function serve({ config, bundle, host, port, data, limits, cronMs }) {
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
          // Past Miniflare's own entry, which serves buckets to anyone and takes a request's URL from its headers.
          unsafeDirectSockets: [{ host, port }],
        },
        ...(assets ? [filesOf(assets)] : []),
      ],
      host: "127.0.0.1",
      port: 0,
      resourcePersistencePath: resolve(data),
      // No request to Cloudflare, and no telemetry.
      cf: false,
      // On its own entry: see runCron.
      unsafeTriggerHandlers: true,
      telemetry: { enabled: false },
      log: new ErrorOutput(LogLevel.WARN),
      handleStructuredLogs: ({ message }) => process.stderr.write(`${message}\n`),
    }),
  );
  const { origin } = await miniflare.unsafeGetDirectURL("gateway");
  const cron = runCron(miniflare, workerOptions.cronTriggers, cronMs);
  return {
    url: origin,
    pid: workerd.pid,
    stop: async () => {
      clearInterval(cron);
      workerd.dispose();
      await miniflare.dispose();
    },
  };
}

/**
 * Runs the cron triggers now, which catches up with what was due while nothing ran, and then again and again. By requests:
 * a call of `getWorker()` blocks this process until workerd has answered, and workerd blocks once nothing reads its log.
 */
function runCron(miniflare, triggers = [], cronMs) {
  const logFailure = (code) => process.stderr.write(`${JSON.stringify({ event: "error", step: "cron", code })}\n`);
  const runOne = async (cron) => {
    try {
      const response = await miniflare.dispatchFetch(`http://localhost/cdn-cgi/local/scheduled?cron=${encodeURIComponent(cron)}`);
      await response.text();
      if (!response.ok) logFailure(`HTTP ${response.status}`);
    } catch ({ name }) {
      logFailure(name);
    }
  };
  const runAll = () => triggers.map(runOne);
  runAll();
  return setInterval(runAll, cronMs);
}

/**
 * The assets as a separate worker. Miniflare would put them in front of the gateway, which costs half as much
 * again per request; a deployment has them at the edge.
 */
function filesOf({ directory, assetConfig }) {
  const script = "export default { fetch: () => new Response(null, { status: 404 }) };";
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
  const contents = localEntry(names.find(isScript), ratelimits);
  return [{ type: "ESModule", path: "local.js", contents }, ...modules];
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
