// The upload's size, and the engine's startup time.
import { execFileSync } from "node:child_process";
import { mkdtempSync, readFileSync, readdirSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { gzipSync } from "node:zlib";
import { bundleOf } from "../../scripts/lib/gateway.mjs";
import { modernNodeHere } from "../../scripts/lib/node.mjs";
import { root } from "../../scripts/lib/run.mjs";
import { installed } from "../../scripts/lib/tools.mjs";

const TIMES = 7;

/** Bytes of gzip, by file. */
export async function upload() {
  const folder = await bundleOf();
  const files = readdirSync(folder).filter((name) => /\.(js|wasm)$/.test(name));
  const size = (name) => gzipSync(readFileSync(join(folder, name))).length;
  return Object.fromEntries(files.map((name) => [name.replace(/^[0-9a-f]{40}-/, ""), size(name)]));
}

/** Milliseconds of `wrangler check startup`: the median active time in its profile. */
export function startup() {
  const folder = mkdtempSync(join(tmpdir(), "filmgate-startup-"));
  const outfile = join(folder, "startup.cpuprofile");
  const wrangler = join(installed("wrangler", "worker"), "bin", "wrangler.js");
  const once = () => {
    const args = [wrangler, "check", "startup", "--outfile", outfile];
    const env = { ...process.env, WRANGLER_SEND_METRICS: "false", WRANGLER_LOG_PATH: folder };
    execFileSync(modernNodeHere(), args, { cwd: join(root, "worker"), env, stdio: "pipe" });
    return activeMs(JSON.parse(readFileSync(outfile, "utf8")));
  };
  const seen = Array.from({ length: TIMES }, once).sort((a, b) => a - b);
  rmSync(folder, { recursive: true });
  return seen[Math.floor(TIMES / 2)];
}

function activeMs({ nodes, samples, timeDeltas }) {
  const names = new Map(nodes.map(({ id, callFrame }) => [id, callFrame.functionName]));
  const active = samples.map((id, at) => (names.get(id) === "(idle)" ? 0 : timeDeltas[at]));
  return active.reduce((sum, each) => sum + each, 0) / 1000;
}
