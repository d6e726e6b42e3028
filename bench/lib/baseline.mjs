// Another commit of this repository, built in a folder of its own, to be measured beside the present one.
import { spawnSync } from "node:child_process";
import { existsSync, mkdirSync, renameSync, rmSync } from "node:fs";
import { delimiter, join } from "node:path";
import { step } from "../../scripts/lib/log.mjs";
import { Failure, capture, root, run } from "../../scripts/lib/run.mjs";

/** The folder of that commit, whose package is built there once. */
export async function buildBaseline(commit) {
  const hash = capture("git", ["rev-parse", "--verify", `${commit}^{commit}`]);
  if (!hash) throw new Failure(`--baseline ${commit}: this repository has no such commit`);
  const folder = join(root, "target", "baseline", hash);
  if (!existsSync(folder)) checkOut(hash, folder);
  step(`The package of ${commit}`, "5 to 10 minutes the first time, then seconds");
  // A wasm-bindgen of the same version need not be compiled again.
  const PATH = [join(root, ".tools", "bin"), process.env.PATH].join(delimiter);
  await run(process.execPath, ["scripts/build.mjs"], { cwd: folder, env: { PATH } });
  return folder;
}

/** An interrupted one leaves no folder. */
function checkOut(hash, folder) {
  const part = `${folder}.part`;
  rmSync(part, { recursive: true, force: true });
  mkdirSync(part, { recursive: true });
  const archive = spawnSync("git", ["archive", hash], { cwd: root, maxBuffer: 1 << 28 });
  const unpacked = spawnSync("tar", ["-x", "-C", part], { input: archive.stdout });
  if (archive.status !== 0 || unpacked.status !== 0) throw new Failure(`${hash} could not be unpacked`);
  renameSync(part, folder);
}
