// Whether the package's bytes depend on where they are built: two clean builds of the last commit, in folders
// and with Cargo homes of their own, are compared file by file. `npm run verify-reproducible`
import { createHash } from "node:crypto";
import { mkdirSync, mkdtempSync, readFileSync, readdirSync, rmSync, symlinkSync } from "node:fs";
import { tmpdir } from "node:os";
import { dirname, join } from "node:path";
import { Failure, capture, main, must, root } from "./lib/run.mjs";
import { note, step } from "./lib/log.mjs";
import { compilerOf } from "./lib/wasm.mjs";
import { setUpBuild } from "./setup.mjs";

// Of unequal lengths, so that no path is padded to the same bytes by chance.
const PLACES = ["a", join("quite", "another", "place")];
const DIST = join("pkg", "dist");

await main(async () => {
  const { toolchain, bindgen } = await setUpBuild();
  const home = mkdtempSync(join(tmpdir(), "filmgate-reproduce-"));
  try {
    const builds = [];
    const commit = capture("git", ["rev-parse", "HEAD"]);
    const tools = dirname(bindgen);
    for (const place of PLACES) builds.push(await cleanBuild(commit, join(home, place), tools));
    compare(builds);
    note(`commit ${commit}, ${compilerOf(toolchain)}`);
  } finally {
    rmSync(home, { recursive: true, force: true });
  }
});

/** Builds that commit in a fresh clone there; the SHA-256 of each file by its path. */
async function cleanBuild(commit, place, tools) {
  step(`Building in ${place}`, "3 to 5 minutes");
  const checkout = join(place, "filmgate");
  await must("git", ["clone", "--quiet", "--no-checkout", root, checkout]);
  await must("git", ["-C", checkout, "checkout", "--quiet", commit]);
  // The tools are the same: what is compared is what they make.
  mkdirSync(join(checkout, ".tools"));
  symlinkSync(join(tools, "bin"), join(checkout, ".tools", "bin"));
  const env = { CARGO_HOME: join(place, "cargo"), CARGO_TARGET_DIR: join(place, "target") };
  await must(process.execPath, [join(checkout, "scripts", "build.mjs")], { cwd: checkout, env });
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
    if (differing.includes(name)) console.log(`${other.get(name)}  ${name}, in the other place`);
  }
  if (differing.length > 0) throw new Failure(`Not the same in both: ${differing.join(", ")}`);
  console.log(`All ${names.length} files of ${DIST} are the same in both.`);
}

function sha256(bytes) {
  return createHash("sha256").update(bytes).digest("hex");
}
