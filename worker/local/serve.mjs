// Runs a bundle in workerd by Miniflare, with the bindings, dates and flags that wrangler reads from the configuration.
import { AsyncLocalStorage } from "node:async_hooks";
import { spawn } from "node:child_process";
import { subscribe, unsubscribe } from "node:diagnostics_channel";
import { readFileSync, readdirSync } from "node:fs";
import { join, resolve } from "node:path";
import { Log, LogLevel, Miniflare, convertV4MiniflareOptions } from "miniflare";
import { localEntry } from "./entry.mjs";
import { lockFolder } from "./folder-lock.mjs";
import { optionsFor } from "./options.mjs";
import { VARIABLES } from "./variables.mjs";

/** Logs to the error output: standard output has only the line with the URL. */
const writeError = (text) => process.stderr.write(text);

class Output extends Log {
  #write;
  constructor(write) {
    super(LogLevel.WARN);
    this.#write = write;
  }
  log(message) {
    this.#write(`${message}\n`);
  }
}

/**
 * Starts it: `{ url, pid(), stop(), kill() }`. Miniflare restarts workerd if it exits. It runs no Cron Triggers, so they run
 * here: all of them every `cronMs`. `env` has the variables and secrets, `write` receives the log.
 * @throws if another process uses the folder `data`.
 */
export function serve(options) {
  const workerd = watchWorkerd();
  return workerd.run(() => serveWatched(options, workerd));
}

async function serveWatched({ config, bundle, host, port, data, limits, cronMs, env = process.env, write = writeError }, workerd) {
  const { assets, ratelimits = {}, ...workerOptions } = await optionsFor(config, bundle);
  for (const [name, limit] of Object.entries(limits)) ratelimits[name].simple.limit = Number(limit);
  const bindings = Object.fromEntries(
    VARIABLES.flatMap((name) => (env[name] ? [[name, String(env[name])]] : [])),
  );
  const options = convertV4MiniflareOptions({
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
    log: new Output(write),
    handleStructuredLogs: ({ message }) => write(`${message}\n`),
  });
  const unlock = lockFolder(data);
  const miniflare = new Miniflare(options);
  const { origin } = await miniflare.unsafeGetDirectURL("gateway");
  const cron = runCron(miniflare, workerOptions.cronTriggers, cronMs, write);
  const stop = async () => {
    clearInterval(cron);
    workerd.dispose();
    await miniflare.dispose();
    unlock();
  };
  /** Like a failing machine: workerd ends at once. */
  const kill = () => {
    const stopped = stop();
    workerd.kill();
    return stopped;
  };
  return { url: origin, pid: workerd.pid, stop, kill };
}

/**
 * Runs the cron triggers now, which catches up with what was due while nothing ran, and then again and again. By requests:
 * a call of `getWorker()` blocks this process until workerd has answered, and workerd blocks once nothing reads its log.
 */
function runCron(miniflare, triggers = [], cronMs, write) {
  const logFailure = (code) => write(`${JSON.stringify({ event: "error", step: "cron", code })}\n`);
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

/** Finds workerd's process among the children that are spawned within `run`: Miniflare does not expose it. */
function watchWorkerd() {
  const within = new AsyncLocalStorage();
  let newest;
  const onSpawn = ({ process: child }) => {
    if (!within.getStore()) return;
    newest = child;
    child.once("spawn", () => within.exit(endWithThis, child));
  };
  subscribe("child_process", onSpawn);
  return {
    run: (work) => within.run(true, work),
    pid: () => newest?.pid,
    kill: () => newest?.kill("SIGKILL"),
    dispose: () => unsubscribe("child_process", onSpawn),
  };
}

/** A program that is killed leaves its children running: a shell that reads from it finds that out, and ends workerd. */
function endWithThis(workerd) {
  const shell = spawn("/bin/sh", ["-c", 'read -r _; kill -9 "$0"', String(workerd.pid)], { stdio: ["pipe", "ignore", "ignore"] });
  shell.unref();
  shell.stdin.unref();
  workerd.once("exit", () => shell.kill());
}
