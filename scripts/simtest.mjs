// Drives the core through faults: `npm run simtest -- exhaustive`, `… random`,
// `… replay`, and `… mutants`, which shows that the simulation test detects mistakes.
import { spawnSync } from "node:child_process";
import { cpSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { Failure, execute, main, root, run } from "./lib/run.mjs";
import { seconds, step } from "./lib/log.mjs";

const PACKAGE = ["--profile", "simtest", "-p", "filmgate-simtest"];

// The runs that must catch a mutation, quick ones first.
const RUNS = [
  ["exhaustive", "--depth", "0", "--field"],
  ["exhaustive", "--depth", "1"],
  ["random", "--jobs", "5000"],
  ["exhaustive", "--depth", "2"],
];

await main(async () => {
  const [command = "--help", ...rest] = process.argv.slice(2);
  if (command === "mutants") return mutants(rest);
  const code = await execute("cargo", ["run", "--quiet", ...PACKAGE, "--", command, ...rest]);
  process.exitCode = typeof code === "number" ? code : 1;
});

/** Applies each mutation to a copy of the sources; the simulation test must catch each one. */
async function mutants(names) {
  const all = JSON.parse(readFileSync(join(root, "simtest/mutations.json"), "utf8"));
  const chosen = all.filter(({ name }) => names.length === 0 || names.includes(name));
  if (chosen.length === 0) throw new Failure(`Unknown mutation: ${names.join(", ")}.`);
  const copy = mkdtempSync(join(tmpdir(), "filmgate-mutations-"));
  try {
    for (const part of ["Cargo.toml", "Cargo.lock", "build.rs", "catalog", "src", "simulator", "simtest", "xtask"]) {
      cpSync(join(root, part), join(copy, part), { recursive: true });
    }
    for (const mutation of all) mutate(copy, mutation);
    step("The unchanged core, which must hold", "a few minutes");
    const violation = await violationOf(copy);
    if (violation) throw new Failure(`The unchanged core violates an invariant: ${violation}`);
    const survivors = [];
    for (const mutation of chosen) {
      if (!(await isCaught(copy, mutation))) survivors.push(mutation.name);
    }
    console.log(`\n${chosen.length - survivors.length} of ${chosen.length} mutations are caught`);
    if (survivors.length > 0) throw new Failure(`Not caught: ${survivors.join(", ")}`);
  } finally {
    rmSync(copy, { recursive: true, force: true });
  }
}

async function isCaught(copy, mutation) {
  const since = performance.now();
  const path = join(copy, mutation.file);
  const original = readFileSync(path, "utf8");
  writeFileSync(path, mutate(copy, mutation));
  try {
    const violation = await violationOf(copy);
    const what = violation ? `caught: ${violation}` : "NOT CAUGHT";
    console.log(`${violation ? "✓" : "✗"} ${mutation.name} (${seconds(since)}) ${what}`);
    return violation !== undefined;
  } finally {
    writeFileSync(path, original);
  }
}

/** The mutated file. The original text must occur exactly once, or the list is out of date. */
function mutate(copy, { name, file, find, replace }) {
  const parts = readFileSync(join(copy, file), "utf8").split(find);
  if (parts.length !== 2) {
    throw new Failure(`${name}: its text occurs ${parts.length - 1} times in ${file}, not once`);
  }
  return parts.join(replace);
}

/** The first violation by the core in that folder, if there is one. */
async function violationOf(copy) {
  const env = {
    CARGO_TARGET_DIR: join(copy, "target"),
    // Built often, run briefly.
    CARGO_PROFILE_SIMTEST_OPT_LEVEL: "1",
    CARGO_INCREMENTAL: "1",
    RUSTFLAGS: "--allow warnings",
  };
  await run("cargo", ["build", "--quiet", ...PACKAGE], { cwd: copy, env, quiet: true });
  for (const args of RUNS) {
    const done = spawnSync(join(copy, "target/simtest/filmgate-simtest"), args, {
      encoding: "utf8",
      maxBuffer: 1 << 26,
    });
    if (done.status === 0) continue;
    const violation = /^VIOLATION (.*)$/m.exec(done.stdout)?.[1];
    if (!violation) throw new Failure(`\`${args.join(" ")}\` failed without a violation: ${done.stderr}`);
    return violation;
  }
  return undefined;
}
