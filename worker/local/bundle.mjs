// Builds what `wrangler deploy` would upload, without uploading it.
import { spawn } from "node:child_process";
import { once } from "node:events";
import { mkdtempSync } from "node:fs";
import { createRequire } from "node:module";
import { tmpdir } from "node:os";
import { dirname, join, resolve } from "node:path";
import { fileURLToPath } from "node:url";
import { unstable_readConfig } from "wrangler";
import { keepOptions } from "./options.mjs";

const wrangler = join(
  dirname(createRequire(import.meta.url).resolve("wrangler/package.json")),
  "bin",
  "wrangler.js",
);

/** Bundles the worker of a configuration; returns the folder. `entry` replaces its `main`. */
export async function bundled(config, { folder, entry } = {}) {
  const out = resolve(folder ?? mkdtempSync(join(tmpdir(), "filmgate-bundle-")));
  const main = entry ? [resolve(entry)] : [];
  const args = ["deploy", ...main, "--config", resolve(config), "--dry-run", "--outdir", out];
  const child = spawn(process.execPath, [wrangler, ...args], {
    // Build steps of the configuration run here.
    cwd: dirname(resolve(config)),
    stdio: ["ignore", "pipe", "pipe"],
    // Nothing is written outside the folder, and no telemetry is sent.
    env: {
      ...process.env,
      WRANGLER_SEND_METRICS: "false",
      WRANGLER_LOG_PATH: join(out, "logs"),
      WRANGLER_HIDE_BANNER: "true",
      CI: "true",
      NO_COLOR: "1",
    },
  });
  let output = "";
  for (const stream of [child.stdout, child.stderr]) {
    stream.setEncoding("utf8").on("data", (text) => (output += text));
  }
  const [code] = await once(child, "close");
  if (code !== 0) throw new Error(`wrangler could not bundle ${config}:\n${output}`);
  await keepOptions(config, out);
  return out;
}

/** The bundle of a configuration: what it names, if it is packed, or a new one. */
export async function bundleFor(config) {
  const { no_bundle: isPacked, main } = unstable_readConfig({ config });
  return isPacked ? dirname(main) : bundled(config);
}

if (process.argv[1] === fileURLToPath(import.meta.url)) {
  const [config, folder, entry] = process.argv.slice(2);
  await bundled(config, { folder, entry });
}
