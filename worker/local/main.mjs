// The gateway on one's own machine: the bundle that a deployment uploads, in workerd, with its objects and files in
// a folder. Secrets and variables come from the environment. Prints one line of JSON once it can be called:
// `{"url": "http://127.0.0.1:8787", "workerd": 4711}`; what the worker logs goes to the error output.
import { parseArgs } from "node:util";
import { bundled } from "./bundle.mjs";
import { serve } from "./serve.mjs";

const { values: options } = parseArgs({
  options: {
    host: { type: "string", default: "127.0.0.1" },
    port: { type: "string", default: "8787" },
    data: { type: "string", default: "data" },
    config: { type: "string", default: new URL("../wrangler.jsonc", import.meta.url).pathname },
    // A folder that a bundle is in already.
    bundle: { type: "string" },
    // Another number of calls per minute for one of the rate limits: READ_LIMITER=100000.
    limit: { type: "string", multiple: true, default: [] },
  },
});

const { config, host, data } = options;
const bundle = options.bundle ?? (await bundled(config));
const limits = Object.fromEntries(options.limit.map((text) => text.split("=")));
const gateway = await serve({ config, bundle, host, port: Number(options.port), data, limits });

let isEnding = false;
async function end() {
  if (isEnding) return;
  isEnding = true;
  await gateway.stop();
  process.exit();
}
for (const signal of ["SIGINT", "SIGTERM", "SIGHUP"]) process.on(signal, end);
// Whoever started it with a channel takes it along.
process.once("disconnect", end);

console.log(JSON.stringify({ url: gateway.url, workerd: gateway.pid() }));
