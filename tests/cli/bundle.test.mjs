// The published command line: no dependencies, and the notices of what it contains.
import assert from "node:assert/strict";
import { readFileSync, readdirSync } from "node:fs";
import { isBuiltin } from "node:module";
import { join } from "node:path";
import { test } from "node:test";
import { build } from "esbuild";
import { root } from "../../scripts/lib/run.mjs";
import { output } from "../packaging/lib/programs.mjs";
import { project } from "../packaging/lib/project.mjs";
import { REQUEST, workplace } from "./support.mjs";

const FOLDER = join(root, "pkg", "dist", "cli");
const notices = readFileSync(join(FOLDER, "THIRD-PARTY.txt"), "utf8");
const bundle = readFileSync(join(FOLDER, "filmgate.js"), "utf8");
const manifest = JSON.parse(readFileSync(join(root, "pkg", "package.json"), "utf8"));
const read = (path) => JSON.parse(readFileSync(join(root, "pkg/src", path), "utf8"));
/** What each bundled room is built with. */
const ROOMS = ["cli", "mcp"].map((room) => ({ ...read(`${room}/package.json`), installed: read(`${room}/package-lock.json`).packages }));

test("the package has no dependencies, and its one command is the bundle", () => {
  for (const kind of ["dependencies", "optionalDependencies"]) assert.equal(manifest[kind], undefined);
  for (const peer of Object.keys(manifest.peerDependencies ?? {})) assert.equal(manifest.peerDependenciesMeta[peer].optional, true, peer);
  assert.deepEqual(manifest.bin, { filmgate: "dist/cli/filmgate.js" });
  assert.match(bundle, /^#!\/usr\/bin\/env node\n/);
});

test("it imports nothing but Node's modules and its own files", async () => {
  const files = readdirSync(FOLDER).filter((name) => name !== "THIRD-PARTY.txt");
  const { metafile } = await build({
    entryPoints: files.map((name) => join(FOLDER, name)), outdir: "/", bundle: true, write: false, format: "esm", platform: "neutral",
    external: ["*"], metafile: true, logLevel: "silent",
  });
  const imported = Object.values(metafile.outputs).flatMap(({ imports }) => imports.map(({ path }) => path));
  assert.ok(imported.length > 5);
  const isOwn = (path) => files.some((name) => path === `./${name}`);
  assert.deepEqual(imported.filter((path) => !isBuiltin(path) && !isOwn(path)), []);
});

test("each bundled package has its notice: name, version, license and text", () => {
  const parts = notices.split(`\n${"-".repeat(80)}\n\n`);
  for (const part of parts) {
    const [, name, version] = /^(?:The command.*\n\n)?(\S+) (\S+) \(.+\)\n\n/.exec(part);
    assert.ok(ROOMS.some(({ installed }) => installed[`node_modules/${name}`]?.version === version), name);
    assert.match(part, /Copyright/i, name);
    assert.match(part, /Permission is hereby granted|Permission to use, copy|Redistribution and use|Apache License/, name);
  }
  for (const { devDependencies } of ROOMS) for (const name of Object.keys(devDependencies)) assert.ok(notices.includes(`${name} `), name);
});

test("versions are exact, and those that the lock files have", () => {
  for (const { devDependencies, installed } of ROOMS) {
    for (const [name, version] of Object.entries(devDependencies)) assert.equal(installed[`node_modules/${name}`].version, version);
  }
});

test("nothing of the command line is in another entry", () => {
  const entries = Object.values(manifest.exports).flatMap((entry) => Object.values(entry));
  assert.ok(entries.every((path) => typeof path !== "string" || !path.includes("/cli/")));
});

test("the packed package has the command, and it generates a video", async (t) => {
  const folder = await project("script");
  const { env } = workplace(t);
  const program = join(folder, "node_modules", ".bin", "filmgate");
  const file = await output(program, ["generate", ...REQUEST, "--simulate", "-o", "packed.mp4"], { cwd: folder, env });
  assert.equal(file.trim(), "packed.mp4");
  assert.match(readFileSync(join(folder, "packed.mp4")).subarray(4, 8).toString(), /ftyp/);
  assert.match(await output(program, ["completion", "bash", "--candidates", "--", "models", "wan-2.6"], { cwd: folder, env }), /wan-2\.6\t/);
});
