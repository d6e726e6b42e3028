// Checks that the package's bytes do not depend on the build location: compares two clean builds of the last commit
// file by file, each with its own folder and Cargo home. `npm run verify-reproducible`
import { createHash } from "node:crypto";
import { mkdirSync, mkdtempSync, readFileSync, readdirSync, rmSync, symlinkSync } from "node:fs";
import { tmpdir } from "node:os";
import { dirname, join } from "node:path";
import { Failure, capture, main, root, run } from "./lib/run.mjs";
import { note, step } from "./lib/log.mjs";
import { compilerOf } from "./lib/wasm.mjs";
import { setUpBuild } from "./setup.mjs";

// Of different lengths, so that padding cannot hide a path.
const FOLDERS = ["a", join("quite", "another", "place")];
const DIST = join("pkg", "dist");

await main(async () => {
  const { toolchain, bindgen } = await setUpBuild();
  const home = mkdtempSync(join(tmpdir(), "filmgate-reproduce-"));
  try {
    const builds = [];
    const commit = capture("git", ["rev-parse", "HEAD"]);
    const tools = dirname(await bindgen);
    for (const place of FOLDERS) builds.push(await cleanBuild(commit, join(home, place), tools));
    compare(builds);
    note(`commit ${commit}, ${compilerOf(toolchain)}`);
  } finally {
    rmSync(home, { recursive: true, force: true });
  }
});

/** Builds the commit in a fresh clone; returns the SHA-256 of each file by its path. */
async function cleanBuild(commit, place, tools) {
  step(`Building in ${place}`, "3 to 5 minutes");
  const checkout = join(place, "filmgate");
  await run("git", ["clone", "--quiet", "--no-checkout", root, checkout]);
  await run("git", ["-C", checkout, "checkout", "--quiet", commit]);
  // Both builds use the same tools: only their output is compared.
  mkdirSync(join(checkout, ".tools"));
  symlinkSync(join(tools, "bin"), join(checkout, ".tools", "bin"));
  const env = { CARGO_HOME: join(place, "cargo"), CARGO_TARGET_DIR: join(place, "target") };
  await run(process.execPath, [join(checkout, "scripts", "build.mjs")], { cwd: checkout, env });
  const dist = join(checkout, DIST);
  const files = readdirSync(dist, { recursive: true, withFileTypes: true }).filter((entry) => entry.isFile());
  return new Map(
    files.map(({ parentPath, name }) => {
      const path = join(parentPath, name);
      return [path.slice(dist.length + 1), sha256(readFileSync(path))];
    }),
  );
}

function compare([one, other]) {
  const names = [...new Set([...one.keys(), ...other.keys()])].sort();
  const differing = names.filter((name) => one.get(name) !== other.get(name));
  for (const name of names.filter((name) => name.endsWith(".wasm"))) {
    console.log(`${one.get(name)}  ${name}`);
    if (differing.includes(name)) console.log(`${other.get(name)}  ${name}, in the other build`);
  }
  if (differing.length > 0) throw new Failure(`Different files: ${differing.join(", ")}`);
  console.log(`All ${names.length} files of ${DIST} are identical.`);
}

function sha256(bytes) {
  return createHash("sha256").update(bytes).digest("hex");
}
