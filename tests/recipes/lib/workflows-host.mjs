// Runs a Worker with its Workflows in workerd: `node workflows-host.mjs BUNDLE CONFIG DATA`. Requests to the providers' real
// addresses reach the simulated ones, and what is stored outlives the process.
import { readFileSync, readdirSync } from "node:fs";
import { join, resolve } from "node:path";
import { Log, LogLevel, Miniflare, Response as Reply, convertV4MiniflareOptions } from "miniflare";
import { unstable_getMiniflareWorkerOptions as readWorker } from "wrangler";

const [bundle, config, data] = process.argv.slice(2).map((path) => resolve(path));
const { workerOptions } = readWorker(config);
const isScript = (name) => name.endsWith(".js");
const modules = readdirSync(bundle)
  .filter((name) => /\.(js|wasm)$/.test(name))
  .sort((a, b) => Number(isScript(b)) - Number(isScript(a)))
  .map((name) => ({
    type: isScript(name) ? "ESModule" : "CompiledWasm",
    path: name,
    contents: readFileSync(join(bundle, name), isScript(name) ? "utf8" : undefined),
  }));

// `fetch` is already that of lib/providers.mjs.
const outbound = async (request) => {
  const { method, headers } = request;
  const asked = ["GET", "HEAD"].includes(method) ? null : await request.arrayBuffer();
  const response = await fetch(request.url, { method, headers: Object.fromEntries(headers), body: asked });
  const sent = new Headers(response.headers);
  sent.delete("content-encoding");
  if (process.env.UNKNOWN_LENGTH) sent.delete("content-length");
  const body = process.env.UNKNOWN_LENGTH ? response.body : await response.arrayBuffer();
  return new Reply(body, { status: response.status, headers: Object.fromEntries(sent) });
};

const { RUNPOD_API_KEY, RUNWARE_API_KEY, PORT } = process.env;
const keys = Object.fromEntries(Object.entries({ RUNPOD_API_KEY, RUNWARE_API_KEY }).filter(([, value]) => value));
const miniflare = new Miniflare(
  convertV4MiniflareOptions({
    workers: [
      {
        ...workerOptions,
        name: "videos",
        bindings: { ...workerOptions.bindings, ...keys },
        rootPath: bundle,
        modulesRoot: bundle,
        modules,
        outboundService: outbound,
      },
    ],
    host: "127.0.0.1",
    port: Number(PORT),
    resourcePersistencePath: data,
    cf: false,
    telemetry: { enabled: false },
    log: new Log(LogLevel.WARN),
    handleStructuredLogs: ({ message }) => process.stderr.write(`${message}\n`),
  }),
);
await miniflare.ready;
