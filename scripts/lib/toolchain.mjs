// Two Rust toolchains can build the module: rustup's, or Debian's if rustup cannot fetch a target.
import { mkdirSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { aptInstall, hasApt } from "./apt.mjs";
import { Failure, capture, execute, root } from "./run.mjs";
import { note, step } from "./log.mjs";

export const TARGET = "wasm32-unknown-unknown";

// Remembers that Debian's toolchain is in use, so that the next run does not try rustup again.
const chosen = join(root, ".tools", "toolchain");

const GET_RUST =
  "Install Rust with rustup (https://rustup.rs), open a new terminal, and run this again.";
const BY_HAND = `rustup target add ${TARGET} && rustup component add rust-src`;

/** Cargo for native code. */
export async function nativeToolchain() {
  if (!capture("cargo", ["--version"])) throw new Failure(`cargo is not installed.\n${GET_RUST}`);
  if (capture("cc", ["--version"])) return;
  await aptInstall(["gcc", "libc6-dev"], {
    why: "to link Rust programs",
    elsewhere: "On macOS: xcode-select --install. Elsewhere: any C compiler named cc.",
    howLong: "about a minute, once",
  });
}

/** A C++ compiler, for libFuzzer. */
export async function cxx() {
  if (capture("c++", ["--version"])) return;
  await aptInstall(["g++"], {
    why: "to build the fuzzer",
    elsewhere: "On macOS: xcode-select --install. Elsewhere: any C++ compiler named c++.",
    howLong: "about a minute, once",
  });
}

/** Formatter and linter, which rustup's minimal profile lacks. */
export async function lintTools() {
  const absent = ["rustfmt", "clippy"].filter((name) => {
    const command = name === "rustfmt" ? "fmt" : name;
    return capture("cargo", [command, "--version"]) === undefined;
  });
  if (absent.length === 0) return;
  step(`Adding ${absent.join(" and ")}`, "under a minute, once");
  if (await rustupAdd("component", ...absent)) return;
  throw new Failure(`Missing, and needed to test: rustup component add ${absent.join(" ")}`);
}

/** The linter for a WebAssembly toolchain, as the start of a command line. */
export async function wasmClippy(toolchain) {
  if (toolchain.name === "rustup") return ["cargo", "clippy"];
  await aptInstall(["rust-web-clippy"], {
    why: "to lint the code that runs in JavaScript",
    elsewhere: "It goes with Debian's cargo-web.",
    howLong: "under a minute, once",
  });
  return ["/usr/bin/cargo-clippy", "clippy"];
}

/**
 * Cargo for WebAssembly, as `{ name, cargo, rustc, env, test }`; `test` is for tests and lints, which use
 * a prebuilt standard library if there is one. `FILMGATE_TOOLCHAIN` can require `rustup` or `debian`;
 * otherwise rustup is tried first.
 */
export async function wasmToolchain() {
  const requested = process.env.FILMGATE_TOOLCHAIN;
  if (requested && requested !== "rustup" && requested !== "debian") {
    throw new Failure(`FILMGATE_TOOLCHAIN is "${requested}"; use "rustup" or "debian"`);
  }
  if (requested === "debian") return debian();
  if (!requested && remembered() === "debian") return debian();
  if (await rustupHasTarget()) return rustup();
  const problem = `rustup could not install the target ${TARGET} and the component rust-src`;
  if (requested === "rustup") {
    throw new Failure(`${problem}.\nRun it manually: ${BY_HAND}`);
  }
  note(`${problem}; using Debian's toolchain`);
  const toolchain = await debian();
  mkdirSync(join(root, ".tools"), { recursive: true });
  writeFileSync(chosen, "debian\n");
  return toolchain;
}

function remembered() {
  try {
    return readFileSync(chosen, "utf8").trim();
  } catch {
    return undefined;
  }
}

function rustup() {
  rmSync(chosen, { force: true });
  // Stable cargo rebuilds the standard library only if unstable flags are allowed.
  const env = { RUSTC_BOOTSTRAP: "1" };
  return { name: "rustup", cargo: "cargo", rustc: "rustc", env, test: { args: [], env: {} } };
}

async function rustupHasTarget() {
  const targets = capture("rustup", ["target", "list", "--installed"])?.split("\n") ?? [];
  const components = capture("rustup", ["component", "list", "--installed"])?.split("\n") ?? [];
  if (!targets.includes(TARGET)) {
    step(`Adding the Rust target ${TARGET}`, "under a minute, once");
    if (!(await rustupAdd("target", TARGET))) return false;
  }
  if (!components.includes("rust-src")) {
    step("Adding the source of Rust's standard library", "under a minute, once");
    if (!(await rustupAdd("component", "rust-src"))) return false;
  }
  return true;
}

async function rustupAdd(kind, ...names) {
  if (!capture("rustup", ["--version"])) return false;
  // If it fails, one line is enough.
  const env = { RUST_BACKTRACE: "0" };
  return (await execute("rustup", [kind, "add", ...names], { env })) === 0;
}

async function debian() {
  const elsewhere = `Or, where rustup works: ${BY_HAND}`;
  if (!hasApt())
    throw new Failure(`No toolchain for ${TARGET}, and no apt to get one.\n${elsewhere}`);
  const reason = { why: `to build for ${TARGET}`, elsewhere, howLong: "1 to 3 minutes, once" };
  await aptInstall(["rustc-web", "rust-web-src", "cargo-web"], reason);
  const rustc = "/usr/bin/rustc";
  const llvm = capture(rustc, ["-vV"])?.match(/^LLVM version: (\d+)/m)?.[1];
  if (!llvm) throw new Failure(`${rustc} does not run.\n${elsewhere}`);
  // The linker reads the output of the compiler's LLVM, so both must have the same version.
  await aptInstall([`lld-${llvm}`], reason);
  const env = {
    RUSTC: rustc,
    RUSTC_BOOTSTRAP: "1",
    CARGO_TARGET_WASM32_UNKNOWN_UNKNOWN_LINKER: `wasm-ld-${llvm}`,
  };
  const test = { args: ["-Zbuild-std=std,panic_abort"], env };
  return { name: "debian", cargo: "/usr/bin/cargo", rustc, env, test };
}
