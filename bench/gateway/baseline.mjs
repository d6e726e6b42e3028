// Another commit's gateway, built in a folder of its own and measured in the same run, by the same engine.
import { spawnSync } from "node:child_process";
import { existsSync, mkdirSync } from "node:fs";
import { join } from "node:path";
import { pathToFileURL } from "node:url";
import engine from "workerd";
import { Failure, capture, root, run } from "../../scripts/lib/run.mjs";

/** The `startGateway` of that commit. */
export async function startGatewayOf(commit) {
  const hash = capture("git", ["rev-parse", "--verify", `${commit}^{commit}`]);
  if (!hash) throw new Failure(`--baseline ${commit}: this repository has no such commit`);
  const folder = join(root, "target", "baseline", hash);
  if (!existsSync(folder)) checkOut(hash, folder);
  await run(process.execPath, ["scripts/build.mjs"], { cwd: folder });
  const imported = (path) => import(pathToFileURL(join(folder, path)));
  await (await imported("scripts/lib/node.mjs")).modernNode();
  const { startGateway } = await imported("scripts/lib/gateway.mjs");
  // That commit's own engine may be another one, whose cost would be counted for the gateway's.
  return (options) => startGateway({ ...options, vars: { MINIFLARE_WORKERD_PATH: engine.default } });
}

function checkOut(hash, folder) {
  mkdirSync(folder, { recursive: true });
  const archive = spawnSync("git", ["archive", hash], { cwd: root, maxBuffer: 1 << 28 });
  const unpacked = spawnSync("tar", ["-x", "-C", folder], { input: archive.stdout });
  if (archive.status !== 0 || unpacked.status !== 0) throw new Failure(`${hash} could not be unpacked`);
}
