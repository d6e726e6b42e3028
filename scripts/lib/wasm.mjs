// From a crate to a small module: cargo with its own standard library, wasm-bindgen, wasm-opt.
import { spawn } from "node:child_process";
import { mkdirSync, renameSync, rmSync } from "node:fs";
import { join } from "node:path";
import { Failure, capture, must, root } from "./run.mjs";
import { TARGET } from "./toolchain.mjs";

// wasm-opt is told what every supported runtime has, and uses nothing else.
const FEATURES = [
  "bulk-memory",
  "nontrapping-float-to-int",
  "sign-ext",
  "mutable-globals",
  "reference-types",
  "multivalue",
];

// What wasm-opt leaves out: these make fewer bytes, but a compressor finds more to repeat without them. Runs of
// zeros cut out of the data leave hundreds of segments, and shared or inlined code is like no other code.
const UNCOMPRESSIBLE = ["memory-packing", "local-cse", "inlining-optimizing"];

const NAMELESS = "--remove-name-section";

/** Everything beside the sources that decides the module's bytes. */
export function flags(toolchain) {
  const immediate = panicsAtOnce(toolchain);
  const cargo = [
    `-Zbuild-std=std${immediate ? "" : ",panic_abort"}`,
    "-Zbuild-std-features=optimize_for_size",
    `--target=${TARGET}`,
    "--release",
  ];
  // Without source locations no path of the building machine stays in the module.
  const rust = ["-Zlocation-detail=none", "-Zfmt-debug=none"];
  if (immediate) rust.push("-Zunstable-options", "-Cpanic=immediate-abort");
  const bindgen = [
    "--target=web",
    "--omit-default-module-path",
    "--experimental-reset-state-function",
    NAMELESS,
    "--remove-producers-section",
  ];
  const left = UNCOMPRESSIBLE.map((pass) => `--skip-pass=${pass}`);
  const opt = ["-Oz", "--converge", ...left, ...FEATURES.map((name) => `--enable-${name}`)];
  const compiler = capture(toolchain.rustc, ["-vV"], toolchain.env);
  return { cargo, rust, bindgen, opt, compiler };
}

/** The compiler that makes the modules, in words: their bytes are only comparable between builds by one. */
export const compilerOf = ({ name, rustc, env }) =>
  `${capture(rustc, ["--version"], env)}, ${name}`;

/** A panic that traps without a message leaves out all formatting; older compilers cannot do it. */
function panicsAtOnce({ rustc, env }) {
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
 * `named` keeps the functions' names, and all else as it is.
 */
export async function buildModule(what) {
  const { crate, folder, name, wasm, toolchain, bindgen, more = [], named = false } = what;
  const { cargo, rust, bindgen: bindgenFlags, opt } = flags(toolchain);
  rust.push(...more);
  const kept = named ? bindgenFlags.filter((flag) => flag !== NAMELESS) : bindgenFlags;
  const env = { ...toolchain.env, ...(named && { CARGO_PROFILE_RELEASE_STRIP: "none" }) };
  const out = join(root, folder);
  mkdirSync(out, { recursive: true });
  // As a cdylib alone: beside an rlib, nothing is optimised across crates.
  const raw = await compile({ ...toolchain, env }, ["rustc", "-p", crate, "--lib", "--crate-type=cdylib", ...cargo], rust);
  await must(join(bindgen, "wasm-bindgen"), [
    ...kept,
    `--out-dir=${out}`,
    `--out-name=${name}`,
    raw,
  ]);
  const bound = join(out, `${name}_bg.wasm`);
  const small = join(out, `${name}.small`);
  await must(join(root, "node_modules", ".bin", "wasm-opt"), [
    ...opt,
    ...(named ? ["--debuginfo"] : []),
    bound,
    "-o",
    small,
  ]);
  rmSync(bound);
  rmSync(`${bound}.d.ts`);
  renameSync(small, join(out, wasm));
}

/** Runs cargo, which names the file it made among its messages. */
function compile({ cargo, env }, args, rustFlags) {
  return new Promise((resolve, reject) => {
    const child = spawn(cargo, [...args, "--message-format=json-render-diagnostics"], {
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
        reject(new Failure(`\`cargo ${args.join(" ")}\` made no module; cargo's words are above`));
    });
  });
}

function wasmFile(messages) {
  const lines = messages.split("\n").filter((line) => line.startsWith("{"));
  const files = lines.flatMap((line) => JSON.parse(line).filenames ?? []);
  return files.findLast((file) => file.endsWith(".wasm"));
}
