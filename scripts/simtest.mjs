// Drives the core through faults without end: `npm run simtest -- exhaustive`, `… random`,
// `… replay`, and `… mutants`, which shows that the simulation test can fail.
import { spawnSync } from "node:child_process";
import { cpSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { Failure, execute, main, must, root } from "./lib/run.mjs";
import { seconds, step } from "./lib/log.mjs";

const PACKAGE = ["--profile", "simtest", "-p", "filmgate-simtest"];

// What a mutation has to get by: quick ones first.
const PROOFS = [
  ["exhaustive", "--depth", "1"],
  ["random", "--jobs", "5000"],
  ["exhaustive", "--depth", "2"],
];

await main(async () => {
  const [command = "--help", ...rest] = process.argv.slice(2);
  if (command === "mutations") return mutations(rest);
  const code = await execute("cargo", ["run", "--quiet", ...PACKAGE, "--", command, ...rest]);
  process.exitCode = typeof code === "number" ? code : 1;
});

/** Applies each mutation to a copy of the sources; the simulation test must catch it. */
async function mutations(names) {
  const all = JSON.parse(readFileSync(join(root, "simtest/mutations.json"), "utf8"));
  const chosen = all.filter(({ name }) => names.length === 0 || names.includes(name));
  if (chosen.length === 0) throw new Failure(`No mutation is called ${names.join(", ")}.`);
  const copy = mkdtempSync(join(tmpdir(), "filmgate-mutations-"));
  try {
    for (const part of ["Cargo.toml", "Cargo.lock", "src", "simulator", "simtest", "xtask"]) {
      cpSync(join(root, part), join(copy, part), { recursive: true });
    }
    for (const mutation of all) mutated(copy, mutation);
    step("The core as it is, which must hold", "some minutes");
    const flaw = await broken(copy);
    if (flaw) throw new Failure(`The core as it is breaks a rule: ${flaw}`);
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
  const whole = readFileSync(path, "utf8");
  writeFileSync(path, mutated(copy, mutation));
  try {
    const flaw = await broken(copy);
    const what = flaw ? `caught: ${flaw}` : "NOT CAUGHT";
    console.log(`${flaw ? "✓" : "✗"} ${mutation.name} (${seconds(since)}) ${what}`);
    return flaw !== undefined;
  } finally {
    writeFileSync(path, whole);
  }
}

/** The mutated file. Its text must be there exactly once, or the list is out of date. */
function mutated(copy, { name, file, find, replace }) {
  const parts = readFileSync(join(copy, file), "utf8").split(find);
  if (parts.length !== 2) {
    throw new Failure(`${name}: its text stands ${parts.length - 1} times in ${file}, not once`);
  }
  return parts.join(replace);
}

/** The first rule that the core in that folder breaks, if it breaks one. */
async function broken(copy) {
  const env = {
    CARGO_TARGET_DIR: join(copy, "target"),
    // Built often and run briefly.
    CARGO_PROFILE_CAMPAIGN_OPT_LEVEL: "1",
    CARGO_INCREMENTAL: "1",
    RUSTFLAGS: "--allow warnings",
  };
  await must("cargo", ["build", "--quiet", ...PACKAGE], { cwd: copy, env, quiet: true });
  for (const proof of PROOFS) {
    const done = spawnSync(join(copy, "target/simtest/filmgate-simtest"), proof, {
      encoding: "utf8",
      maxBuffer: 1 << 26,
    });
    if (done.status === 0) continue;
    const rule = /^BROKEN (.*)$/m.exec(done.stdout)?.[1];
    if (!rule) throw new Failure(`\`${proof.join(" ")}\` broke no rule, but: ${done.stderr}`);
    return rule;
  }
  return undefined;
}
