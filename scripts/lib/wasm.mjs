// Builds a small module from a crate: cargo with a rebuilt standard library, wasm-bindgen, wasm-opt.
import { spawn } from "node:child_process";
import { mkdirSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { Failure, capture, root, run } from "./run.mjs";
import { shortened } from "./short-names.mjs";
import { TARGET } from "./toolchain.mjs";

// The features that every supported runtime has; wasm-opt uses no others.
const FEATURES = [
  "bulk-memory",
  "nontrapping-float-to-int",
  "sign-ext",
  "mutable-globals",
  "reference-types",
  "multivalue",
];

// Skipped passes: they save raw bytes, but the compressed module is smaller without them. Removing zeros from the
// data leaves hundreds of segments, and shared or inlined code repeats less.
const UNCOMPRESSIBLE = ["memory-packing", "local-cse", "inlining-optimizing"];

// Hints of alignment, which no engine needs, differ between equal instructions.
const UNALIGNED = "--dealign";

// Nothing is at the first kilobyte of memory, the end of the stack: a field's offset can be part of its load.
const LOW_MEMORY = "--low-memory-unused";

const NAMELESS = "--remove-name-section";

const BINDGEN = [
  "--target=web",
  "--omit-default-module-path",
  "--experimental-reset-state-function",
  NAMELESS,
  "--remove-producers-section",
];

/**
 * Everything besides the sources that affects the module's bytes. A `quick` module is built in a third of the time and
 * is twice as large: for this machine, never for a release.
 */
export function flags(toolchain, { quick = false } = {}) {
  if (quick) return quickFlags(toolchain);
  const immediate = supportsImmediateAbort(toolchain);
  const cargo = [
    `-Zbuild-std=std${immediate ? "" : ",panic_abort"}`,
    "-Zbuild-std-features=optimize_for_size",
    `--target=${TARGET}`,
    "--release",
  ];
  // Without source locations, the module contains no paths of the build machine.
  const rust = ["-Zlocation-detail=none", "-Zfmt-debug=none"];
  if (immediate) rust.push("-Zunstable-options", "-Cpanic=immediate-abort");
  const left = UNCOMPRESSIBLE.map((pass) => `--skip-pass=${pass}`);
  const opt = ["-Oz", "--converge", UNALIGNED, LOW_MEMORY, ...left, ...FEATURES.map((name) => `--enable-${name}`)];
  return { cargo, rust, bindgen: BINDGEN, opt, compiler: compilerVersion(toolchain) };
}

function quickFlags(toolchain) {
  const cargo = [...toolchain.test.args, `--target=${TARGET}`, "--profile=quick"];
  return { cargo, rust: [], bindgen: BINDGEN, opt: undefined, compiler: compilerVersion(toolchain) };
}

const compilerVersion = ({ rustc, env }) => capture(rustc, ["-vV"], env);

/** A description of the compiler: bytes are only comparable between builds by the same one. */
export const compilerOf = ({ name, rustc, env }) =>
  `${capture(rustc, ["--version"], env)}, ${name}`;

/** Panics that trap without a message omit all formatting code; older compilers do not support them. */
function supportsImmediateAbort({ rustc, env }) {
  const probe = [
    "-Zunstable-options",
    "-Cpanic=immediate-abort",
    `--target=${TARGET}`,
    "--print=cfg",
  ];
  return capture(rustc, probe, env) !== undefined;
}

/**
 * Builds one crate's module into `folder` as `<name>.js`, `<name>.d.ts` and `<wasm>`, with rustc's `more` flags.
 * `named` keeps the functions' names and changes nothing else; `quick` is described at `flags`.
 */
export async function buildModule(what) {
  const { crate, folder, name, wasm, toolchain, bindgen, more = [], named = false, quick = false } = what;
  const { cargo, rust: rustFlags, bindgen: bindgenFlags, opt } = flags(toolchain, { quick });
  const rust = [...rustFlags, ...more];
  const kept = named ? bindgenFlags.filter((flag) => flag !== NAMELESS) : bindgenFlags;
  const env = { ...toolchain.env, ...(named && { CARGO_PROFILE_RELEASE_STRIP: "none" }) };
  const out = join(root, folder);
  mkdirSync(out, { recursive: true });
  // Only as a cdylib: with an rlib, nothing is optimized across crates.
  const raw = await compile({ ...toolchain, env }, ["rustc", "-p", crate, "--lib", "--crate-type=cdylib", ...cargo], rust);
  await run(join(await bindgen, "wasm-bindgen"), [
    ...kept,
    `--out-dir=${out}`,
    `--out-name=${name}`,
    raw,
  ]);
  const bound = join(out, `${name}_bg.wasm`);
  rmSync(`${bound}.d.ts`);
  if (opt) {
    const debug = named ? ["--debuginfo"] : [];
    await run(join(root, "node_modules", ".bin", "wasm-opt"), [...opt, ...debug, bound, "-o", bound]);
  }
  const glue = join(out, `${name}.js`);
  const short = shortened(readFileSync(bound), readFileSync(glue, "utf8"));
  writeFileSync(glue, short.glue);
  writeFileSync(join(out, wasm), short.module);
  rmSync(bound);
}

/** Runs cargo and returns the built file, which its messages name. */
function compile({ cargo, env }, args, rustFlags) {
  return new Promise((resolve, reject) => {
    const child = spawn(cargo, [...args, "--quiet", "--message-format=json-render-diagnostics"], {
      cwd: root,
      env: { ...process.env, ...env, CARGO_ENCODED_RUSTFLAGS: rustFlags.join("\x1f") },
      stdio: ["ignore", "pipe", "inherit"],
    });
    let messages = "";
    child.stdout.setEncoding("utf8").on("data", (text) => (messages += text));
    child.once("error", reject);
    child.once("close", (code) => {
      const made = code === 0 ? wasmFile(messages) : undefined;
      if (made) resolve(made);
      else
        reject(new Failure(`\`cargo ${args.join(" ")}\` built no module; cargo's output is above`));
    });
  });
}

function wasmFile(messages) {
  const lines = messages.split("\n").filter((line) => line.startsWith("{"));
  const files = lines.flatMap((line) => JSON.parse(line).filenames ?? []);
  return files.findLast((file) => file.endsWith(".wasm"));
}
