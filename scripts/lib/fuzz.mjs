// Builds the fuzz targets, and runs one for some seconds or a number of inputs.
import { cpSync, existsSync, mkdirSync, readdirSync, rmSync } from "node:fs";
import { join } from "node:path";
import { Failure, capture, execute, root, run } from "./run.mjs";
import { step } from "./log.mjs";
import { cargoMetadata } from "./native.mjs";
import { cargoFuzz } from "./tools.mjs";
import { cxx, nativeToolchain } from "./toolchain.mjs";

/** The targets: their dictionaries, and the longest input. */
const TARGETS = {
  runpod_response: { words: "runpod", maxLength: 16_384 },
  runware_response: { words: "runware", maxLength: 16_384 },
  webhook: { words: "runware", maxLength: 4096 },
  request: { words: "request", maxLength: 16_384 },
  record: { words: "record", maxLength: 8192 },
  job: { words: "record", maxLength: 8192 },
};

export const targets = Object.keys(TARGETS);

/** An input that takes longer than this hangs, even on a busy machine. */
const INPUT_TIMEOUT_S = 20;

/** Builds all targets; returns the folders of their programs and findings. */
export async function buildFuzz({ isBackground = false } = {}) {
  await nativeToolchain();
  await cxx();
  const bin = await cargoFuzz();
  const host = capture("rustc", ["-vV"])?.match(/^host: (.+)$/m)?.[1];
  if (!host) throw new Failure("rustc does not run here");
  const folder = join(cargoMetadata().target_directory, "fuzz");
  step("Building the fuzz targets", "about two minutes the first time, then seconds");
  // No sanitizer: the core has no unsafe code, the targets measure memory themselves, and Debian's
  // compiler has none. Coverage needs unstable flags.
  const args = ["build", "--sanitizer", "none", "--target", host, "--target-dir", folder];
  const env = { RUSTC_BOOTSTRAP: "1" };
  await run(join(bin, "cargo-fuzz"), ["fuzz", ...args], { env, quiet: true, isBackground });
  return { programs: join(folder, host, "release"), folder };
}

/**
 * Runs a target for some `seconds`; returns `{ target, executions, perSecond, megabytes, failed }`. Found inputs are
 * written to fuzz/corpus; seeds and regressions are read first. With `inputs` in place of `seconds`, it runs that many
 * inputs, the same ones each time: a test must not depend on the speed of the machine.
 */
export async function runFuzz({ programs, folder }, target, { seconds, inputs: count, isBackground = false }) {
  const found = count ? join(folder, "repeatable", target) : inputs("corpus", target);
  if (count) rmSync(found, { recursive: true, force: true });
  const artifacts = join(folder, "artifacts", target);
  for (const path of [found, artifacts]) mkdirSync(path, { recursive: true });
  const { words, maxLength } = TARGETS[target];
  const flags = [
    `-dict=${join(root, "fuzz", "dictionaries", `${words}.dict`)}`,
    `-max_len=${maxLength}`,
    ...(count ? [`-runs=${count}`, "-seed=1"] : [`-max_total_time=${seconds}`]),
    `-timeout=${INPUT_TIMEOUT_S}`,
    `-artifact_prefix=${artifacts}/`,
    "-print_final_stats=1",
    "-verbosity=0",
  ];
  let printed = "";
  const onText = (text) => (printed += text);
  const program = join(programs, target);
  const begin = ["seeds", "regressions"].map((kind) => inputs(kind, target)).filter(existsSync);
  const code = await execute(program, [found, ...begin, ...flags], { onText, quiet: true, isBackground });
  const stat = (name) => Number(printed.match(new RegExp(`^stat::${name}: +(\\d+)`, "m"))?.[1] ?? 0);
  const input = printed.match(/Test unit written to (\S+)/)?.[1];
  if (input) {
    console.error(`\nRepeat with: ${program} ${input}`);
    console.error(`Once fixed, move it to fuzz/regressions/${target}/, named after what it was.`);
  }
  return {
    target,
    executions: stat("number_of_executed_units"),
    perSecond: stat("average_exec_per_sec"),
    megabytes: stat("peak_rss_mb"),
    failed: code !== 0,
  };
}

/** Keeps in fuzz/corpus the fewest inputs with the same coverage; returns the counts `{ before, after }`. */
export async function minimizeCorpus({ programs, folder }, target) {
  const found = inputs("corpus", target);
  const before = existsSync(found) ? readdirSync(found).length : 0;
  if (before === 0) return { before, after: 0 };
  const fresh = join(folder, "minimized", target);
  rmSync(fresh, { recursive: true, force: true });
  mkdirSync(fresh, { recursive: true });
  const maxLength = `-max_len=${TARGETS[target].maxLength}`;
  // By edge coverage alone: hit counts would keep a few thousand inputs.
  const flags = ["-set_cover_merge=1", "-use_counters=0", "-use_cmp=0", maxLength, "-verbosity=0"];
  await run(join(programs, target), [...flags, fresh, found], { quiet: true });
  const after = readdirSync(fresh).length;
  if (after === 0) throw new Failure(`${target}: no input has any coverage`);
  rmSync(found, { recursive: true, force: true });
  cpSync(fresh, found, { recursive: true });
  return { before, after };
}

const inputs = (kind, target) => join(root, "fuzz", kind, target);
