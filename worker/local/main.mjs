// Runs the gateway on this machine: the bundle that a deployment uploads, in workerd, with its storage in a folder.
// Secrets and variables come from the environment. Prints one line of JSON when it is ready:
// `{"url": "http://127.0.0.1:8787", "workerd": 4711}`. The worker's log goes to the error output.
import { parseArgs } from "node:util";
import { serve } from "./serve.mjs";

const { values: options } = parseArgs({
  options: {
    host: { type: "string", default: "127.0.0.1" },
    port: { type: "string", default: "8787" },
    data: { type: "string", default: "data" },
    config: { type: "string", default: new URL("../wrangler.jsonc", import.meta.url).pathname },
    // A folder that already contains a bundle.
    bundle: { type: "string" },
    // How often the Cron Triggers run.
    "cron-seconds": { type: "string", default: "600" },
    // Overrides a rate limit, in requests per minute: READ_LIMITER=100000.
    "rate-limit": { type: "string", multiple: true, default: [] },
  },
});

const { config, host, data } = options;
// A caller could name its origin by the `Host` header: URLs that it signs would lead elsewhere.
if (!process.env.PUBLIC_URL && !/^(127(\.\d+){3}|::1|localhost)$/.test(host)) {
  console.error(`--host ${host} is reachable from outside. Set PUBLIC_URL, such as https://gateway.example.`);
  process.exit(1);
}
const bundle = options.bundle ?? (await bundleConfigured());
const limits = Object.fromEntries(options["rate-limit"].map((text) => text.split("=")));
const cronMs = Number(options["cron-seconds"]) * 1000;
const gateway = await serve({ config, bundle, host, port: Number(options.port), data, limits, cronMs });

async function bundleConfigured() {
  // Loads wrangler.
  const { bundleFor } = await import("./bundle.mjs");
  return bundleFor(config);
}

let isEnding = false;
async function end() {
  if (isEnding) return;
  isEnding = true;
  await gateway.stop();
  process.exit();
}
for (const signal of ["SIGINT", "SIGTERM", "SIGHUP"]) {
  // Miniflare's own handler exits before workerd has ended.
  process.removeAllListeners(signal).on(signal, end);
}
// Ends with the parent process, if that opened a channel.
process.once("disconnect", end);

console.log(JSON.stringify({ url: gateway.url, workerd: gateway.pid() }));
