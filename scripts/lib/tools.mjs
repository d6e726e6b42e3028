// Tools besides Rust: npm packages, wasm-bindgen, cargo tools, and a browser for the tests.
import { createHash } from "node:crypto";
import { existsSync, readFileSync, writeFileSync } from "node:fs";
import { delimiter, join, relative } from "node:path";
import { aptInstall, hasApt } from "./apt.mjs";
import { Failure, capture, execute, root, run } from "./run.mjs";
import { step } from "./log.mjs";

const tools = join(root, ".tools");
const bin = join(tools, "bin");

/** Fails if Node is too old for the scripts and the package. */
export function nodeVersion() {
  const [major, minor] = process.versions.node.split(".").map(Number);
  if (major > 20 || (major === 20 && minor >= 19)) return;
  throw new Failure(`Node ${process.versions.node} is too old: install Node 20.19 or newer.`);
}

/** What this process installs or has installed, by folder. */
const installing = new Map();

/**
 * Installs npm packages: of all workspaces of the root's package.json, or of one folder outside them. A lock file is
 * followed exactly; a folder without one pins versions in its package.json.
 */
export function npmPackages(folder = ".") {
  if (!installing.has(folder)) installing.set(folder, install(folder));
  return installing.get(folder);
}

async function install(folder) {
  const modules = join(root, folder, "node_modules");
  const lock = join(root, folder, "package-lock.json");
  const isLocked = existsSync(lock);
  const says = isLocked ? lock : join(root, folder, "package.json");
  const wanted = createHash("sha256").update(readFileSync(says)).digest("hex");
  const stamp = join(modules, ".filmgate-lock");
  if (existsSync(stamp) && readFileSync(stamp, "utf8") === wanted) return;
  step(
    `Installing npm packages in ${folder === "." ? "the root" : folder}`,
    "under a minute, once",
  );
  // No package needs an install script, and none may run.
  const flags = ["--ignore-scripts", "--no-audit", "--no-fund", "--loglevel=error"];
  const options = { cwd: join(root, folder), quiet: true };
  const how = isLocked ? ["ci"] : ["install", "--no-package-lock"];
  const code = await execute("npm", [...how, ...flags], options);
  if (code !== 0) {
    throw new Failure(
      `npm could not install the packages of ${relative(root, says)}.\n` +
        `Check the connection and run \`npm ${how.join(" ")}\` in ${join(root, folder)}.`,
    );
  }
  writeFileSync(stamp, wanted);
}

/** The folder of a package that another folder uses: its own if versions differ, otherwise the root's. */
export function installed(name, folder) {
  const folders = [folder, "."].map((at) => join(root, at, "node_modules", name));
  const found = folders.find(existsSync);
  if (!found) throw new Failure(`${name} is not installed: run \`npm run setup\`.`);
  return found;
}

/** For tools that run for a second: optimizing them is not worth the minutes. */
const UNOPTIMIZED = { args: ["--debug"], env: { CARGO_PROFILE_DEV_DEBUG: "0" } };

/** The folder of wasm-bindgen's commands, in the exact version that Cargo.toml pins. */
export async function wasmBindgen() {
  const version = pinnedWasmBindgen();
  const says = (folder) => capture(join(folder, "wasm-bindgen"), ["--version"]);
  const fits = (folder) => says(folder)?.split(" ")[1] === version;
  const places = [bin, ...(process.env.PATH ?? "").split(delimiter).filter(Boolean)];
  const found = places.find((folder) => existsSync(join(folder, "wasm-bindgen")) && fits(folder));
  if (found) return found;
  step(`Building wasm-bindgen ${version} into .tools`, "about a minute, once");
  const install = ["install", "wasm-bindgen-cli", "--version", version, "--root", tools];
  // Without TLS, which only remote browsers need.
  const { args, env } = UNOPTIMIZED;
  await run("cargo", [...install, "--no-default-features", ...args, "--force", "--quiet"], { env });
  return bin;
}

/** The folder of cargo-fuzz, which sets the compiler flags for fuzzing. */
export const cargoFuzz = () => cargoTool("cargo-fuzz", "0.13.2", "under a minute, once", UNOPTIMIZED);

/** The folder of cargo-mutants, which changes the code and checks that a test fails. */
export const cargoMutants = () => cargoTool("cargo-mutants", "27.1.0", "about 3 minutes, once");

/** The folder of cargo-deny, which checks the licenses and sources of every crate. */
export const cargoDeny = () => cargoTool("cargo-deny", "0.20.2", "about 5 minutes, once");

/** The folder of cargo-cyclonedx, which writes the software bill of materials. */
export const cargoCyclonedx = () => cargoTool("cargo-cyclonedx", "0.5.9", "about 2 minutes, once");

async function cargoTool(name, version, howLong, { args = [], env = {} } = {}) {
  const says = capture(join(bin, name), [name.replace("cargo-", ""), "--version"]);
  if (says?.endsWith(` ${version}`)) return bin;
  step(`Building ${name} ${version} into .tools`, howLong);
  const install = ["install", name, "--version", version, "--root", tools, "--locked"];
  await run("cargo", [...install, ...args, "--force", "--quiet"], { env });
  return bin;
}

function pinnedWasmBindgen() {
  const manifest = readFileSync(join(root, "Cargo.toml"), "utf8");
  const version = manifest.match(/^wasm-bindgen = "=([\d.]+)"/m)?.[1];
  if (!version) throw new Failure('Cargo.toml pins no `wasm-bindgen = "=x.y.z"`');
  return version;
}

/** Chromium without the parts of a window, which take as much time again as a page. Its driver drives the whole browser. */
const HEADLESS = "chromium-headless-shell";

/**
 * Chromium and its driver, as `{ chromium, driver }`. `CHROMIUM` and `CHROMEDRIVER` override them. It has no window where Debian
 * offers that, unless `isWhole`.
 */
export async function browser({ isWhole = false } = {}) {
  const names = ["chromium", "chromium-browser", "google-chrome"];
  const find = () => ({
    chromium: process.env.CHROMIUM ?? whereIs(names),
    driver: process.env.CHROMEDRIVER ?? whereIs(["chromedriver"]),
  });
  const found = find();
  if (!found.chromium || !found.driver) {
    await aptInstall(["chromium", "chromium-driver"], {
      why: "to test in a real browser",
      elsewhere:
        "On macOS: brew install --cask chromium chromedriver. " +
        "Anywhere: set CHROMIUM and CHROMEDRIVER to the two programs, of one version.",
      howLong: "1 to 3 minutes, once",
    });
  }
  return { ...find(), ...(!isWhole && !process.env.CHROMIUM && (await headlessBrowser())) };
}

async function headlessBrowser() {
  const isOffered = () => hasApt() && Boolean(capture("apt-cache", ["show", HEADLESS]));
  if (!whereIs([HEADLESS]) && isOffered()) {
    const how = { why: "to test in half the time", elsewhere: "Or set CHROMIUM to a browser.", howLong: "under a minute, once" };
    await aptInstall([HEADLESS], how);
  }
  const chromium = whereIs([HEADLESS]);
  return chromium && { chromium };
}

/** Firefox as Debian builds it, with the library that plays H.264. `FIREFOX` overrides it. */
export async function firefox() {
  const find = () => process.env.FIREFOX ?? whereIs(["firefox-esr", "firefox"]);
  const found = find();
  if (found) return found;
  await aptInstall(["firefox-esr"], {
    why: "to test the page in a second browser",
    elsewhere: "On macOS: brew install --cask firefox. Anywhere: set FIREFOX to its program.",
    howLong: "under a minute, once",
    recommends: true,
  });
  return find();
}

/** Python with virtual environments, for the Python clients in the tests. */
export async function python() {
  const check = "import sys, venv, ensurepip; sys.exit(sys.version_info < (3, 11))";
  if (capture("python3", ["-c", check]) !== undefined) return;
  await aptInstall(["python3", "python3-venv"], {
    why: "to drive the simulated providers with Python clients",
    elsewhere: "Python 3.11 or newer with its modules venv and ensurepip, named python3.",
    howLong: "under a minute, once",
  });
}

function whereIs(names) {
  const folders = (process.env.PATH ?? "").split(delimiter).filter(Boolean);
  return names.flatMap((name) => folders.map((folder) => join(folder, name))).find(existsSync);
}
