// Runs the gateway on this machine: the bundle that a deployment uploads, in workerd, with its storage in a folder.
// Secrets and variables come from the environment. Prints one line of JSON when it is ready:
// `{"url": "http://127.0.0.1:8787", "workerd": 4711}`. The worker's log goes to the error output.
import { parseArgs } from "node:util";
import { bundled } from "./bundle.mjs";
import { serve } from "./serve.mjs";

const { values: options } = parseArgs({
  options: {
    host: { type: "string", default: "127.0.0.1" },
    port: { type: "string", default: "8787" },
    data: { type: "string", default: "data" },
    config: { type: "string", default: new URL("../wrangler.jsonc", import.meta.url).pathname },
    // A folder that already contains a bundle.
    bundle: { type: "string" },
    // Overrides a rate limit, in requests per minute: READ_LIMITER=100000.
    "rate-limit": { type: "string", multiple: true, default: [] },
  },
});

const { config, host, data } = options;
const bundle = options.bundle ?? (await bundled(config));
const limits = Object.fromEntries(options["rate-limit"].map((text) => text.split("=")));
const gateway = await serve({ config, bundle, host, port: Number(options.port), data, limits });

let isEnding = false;
async function end() {
  if (isEnding) return;
  isEnding = true;
  await gateway.stop();
  process.exit();
}
for (const signal of ["SIGINT", "SIGTERM", "SIGHUP"]) process.on(signal, end);
// Ends with the parent process, if that opened a channel.
process.once("disconnect", end);

console.log(JSON.stringify({ url: gateway.url, workerd: gateway.pid() }));
