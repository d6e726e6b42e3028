// The packed crate: its contents, that it builds alone, and that a program can use it.
import assert from "node:assert/strict";
import { execFile } from "node:child_process";
import { mkdirSync, readFileSync, readdirSync, rmSync, writeFileSync } from "node:fs";
import { join, relative } from "node:path";
import { describe, test } from "node:test";
import { promisify } from "node:util";
import { cargoMetadata } from "../../scripts/lib/native.mjs";
import { root } from "../../scripts/lib/run.mjs";

const run = promisify(execFile);
const cargo = (args, how) => run("cargo", args, { cwd: root, encoding: "utf8", ...how });
const { target_directory: target, packages } = cargoMetadata();
const { version } = packages.find(({ name }) => name === "filmgate");

const PROGRAM = `
use filmgate::{plan::quote, request::{Policy, VideoRequest}};

fn main() {
    let request = VideoRequest::new("sora-2-pro").prompt("A lighthouse").duration(8).size("1280x720");
    let quotes = quote(&request, Policy::default());
    println!("{:?}", quotes[0].price.as_ref().unwrap().total.unwrap().1.0);
}
`;

// cargo locks its folder, so the tests run in sequence.
describe("the crate", () => {
  test("contains its sources, guides, examples and licenses, and nothing else", async () => {
    const { stdout } = await cargo(["package", "-p", "filmgate", "--list", "--allow-dirty"]);
    const packed = stdout.trim().split("\n");
    const wanted = ["build.rs", "docs/rust.md", "docs/rust-core.md", "examples/client.rs", "LICENSE-MIT", "LICENSE-APACHE"];
    wanted.push(...filesOf("catalog"), ...filesOf("src"), ...filesOf("examples/generate"));
    const made = [".cargo_vcs_info.json", "Cargo.lock", "Cargo.toml", "Cargo.toml.orig"];
    const own = packed.filter((name) => !made.includes(name));
    assert.deepEqual(own.sort(), wanted.sort());
  });

  test("builds from its package, and a program can quote with it alone", async () => {
    const how = ["--allow-dirty", "--offline", "--quiet", "--no-verify"];
    await cargo(["package", "-p", "filmgate", ...how]);
    // Always the same folder: cargo keeps what it builds for each place of a crate.
    const folder = join(target, "package", "consumer");
    rmSync(folder, { recursive: true, force: true });
    mkdirSync(folder, { recursive: true });
    const crate = join(target, "package", `filmgate-${version}.crate`);
    // With new times, by which cargo notices changes.
    await run("tar", ["-xmzf", crate, "-C", folder]);
    const manifest = `
[package]
name = "consumer"
edition = "2024"

[dependencies]
filmgate = { path = "../filmgate-${version}" }
serde_json = "1"

[workspace]

[profile.dev]
debug = "line-tables-only"
`;
    const consumer = join(folder, "consumer");
    mkdirSync(join(consumer, "src"), { recursive: true });
    writeFileSync(join(consumer, "Cargo.toml"), manifest);
    writeFileSync(join(consumer, "src", "main.rs"), PROGRAM);
    // Its dependencies are already built there, with the same profile.
    const env = { ...process.env, CARGO_TARGET_DIR: target };
    const { stdout } = await cargo(["run", "--quiet", "--offline"], { cwd: consumer, env });
    assert.equal(Number(stdout), 2_400_000);

    // A file that contradicts itself, that says too much and that is no JSON, and an order without a model.
    const models = join(folder, `filmgate-${version}`, "catalog");
    const change = (name, how) => {
      const path = join(models, name);
      writeFileSync(path, how(readFileSync(path, "utf8")));
    };
    change("wan-2.6.json", (text) => text.replace('"per": "second"', '"per": "block"'));
    change("gen-4.5.json", (text) => text.replace('"firstParty": true', '"firstParty": false'));
    change("sora-2.json", (text) => text.replace('"modes"', '"mode"'));
    change("veo-3.1.json", (text) => text.replace("{", "{,"));
    const failed = await cargo(["run", "--quiet", "--offline"], { cwd: consumer, env }).catch((error) => error);
    const problems = failed.stderr.split("\n").filter((line) => /catalog\/[\w.-]+\.json: /.test(line));
    const place = (line) => /catalog\/([\w.-]+\.json: .*?)(?=: |$)/.exec(line)?.[1];
    assert.deepEqual(problems.map(place).filter((name, at, all) => all.indexOf(name) === at), [
      "gen-4.5.json: listings.0.prices.0.basis",
      "sora-2.json: listings.0",
      "veo-3.1.json: key must be a string at line 1 column 2",
      "wan-2.6.json: listings.0.prices.0.blockSeconds",
    ]);

    const wholeTree = ["tree", "--offline", "--prefix=none"];
    const { stdout: tree } = await cargo(wholeTree, { cwd: consumer, env });
    assert.match(tree, /^filmgate v/m);
    assert.doesNotMatch(tree, /wasm|js-sys|web-sys|tokio|reqwest|rusqlite|filmgate-simulator|ureq/);
  });
});

function filesOf(folder) {
  const entries = readdirSync(join(root, folder), { recursive: true, withFileTypes: true });
  const files = entries.filter((entry) => entry.isFile());
  return files.map(({ parentPath, name }) => relative(root, join(parentPath, name)));
}
