// Changes the machine and the readers a little at a time, and tells which change no test noticed.
// `npm run mutants -- [cargo mutants' own options]`: `--shard 0/8` does an eighth, `--iterate` goes on
// where the last run stopped, `-f src/job/running.rs` takes one file.
import { mkdirSync } from "node:fs";
import { delimiter, join } from "node:path";
import { execute, main, root } from "./lib/run.mjs";
import { cargoMutants } from "./lib/tools.mjs";
import { nativeToolchain } from "./lib/toolchain.mjs";

// The schedule's odds are no rule that holds or does not: they are measured, by tests/schedule.
const FILES = ["src/job/**", "src/provider/**"];
// What is about these files, and quick. The rest of the tests would be built for each change as well.
const TESTS = ["job", "seed_runpod", "seed_runware", "no_secrets", "end_to_end"];

await main(async () => {
  await nativeToolchain();
  const bin = await cargoMutants();
  mkdirSync(join(root, "target"), { recursive: true });
  const wishes = process.argv.slice(2);
  const files = wishes.includes("-f") ? [] : FILES.flatMap((file) => ["-f", file]);
  const tests = TESTS.map((test) => `--cargo-arg=--test=${test}`);
  const build = ["--no-config", "--profile", "mutants", "--test-workspace=false"];
  const output = ["--output", "target/mutants", "--minimum-test-timeout", "60", "--no-shuffle"];
  const env = { PATH: `${bin}${delimiter}${process.env.PATH}` };
  const args = ["mutants", ...build, ...output, ...tests, ...files, ...wishes];
  process.exitCode = await execute("cargo", args, { env, cwd: root });
});
