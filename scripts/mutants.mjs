// Mutates the job machine and the response parsers, and lists the mutations that no test catches.
// `npm run mutants -- [cargo mutants' options]`: `--shard 0/8` runs an eighth, `--iterate` continues
// where the last run stopped, `-f src/job/poll.rs` selects one file.
import { mkdirSync } from "node:fs";
import { delimiter, join } from "node:path";
import { execute, main, root } from "./lib/run.mjs";
import { cargoMutants } from "./lib/tools.mjs";
import { nativeToolchain } from "./lib/toolchain.mjs";

// The schedule has no pass-or-fail rules: tests/schedule measures it.
const FILES = ["src/job/**", "src/provider/**"];
// The quick tests of these files.
const TESTS = ["job::", "seed_runpod::", "seed_runware::", "no_secrets::", "end_to_end::"];

await main(async () => {
  await nativeToolchain();
  const bin = await cargoMutants();
  mkdirSync(join(root, "target"), { recursive: true });
  const options = process.argv.slice(2);
  const files = options.includes("-f") ? [] : FILES.flatMap((file) => ["-f", file]);
  const tests = ["--cargo-arg=--test=core", ...["--", ...TESTS].map((name) => `--cargo-test-arg=${name}`)];
  const build = ["--no-config", "--profile", "mutants", "--test-workspace=false"];
  const output = ["--output", "target/mutants", "--minimum-test-timeout", "60", "--no-shuffle"];
  const env = { PATH: `${bin}${delimiter}${process.env.PATH}` };
  const args = ["mutants", ...build, ...output, ...tests, ...files, ...options];
  process.exitCode = await execute("cargo", args, { env, cwd: root });
});
