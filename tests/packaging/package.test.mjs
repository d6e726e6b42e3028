// The packed package: its files, and its entries.
import assert from "node:assert/strict";
import { readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { test } from "node:test";
import { build } from "esbuild";
import { publint } from "publint";
import { root } from "../../scripts/lib/run.mjs";
import { report } from "./lib/programs.mjs";
import { pinned, project, tarball } from "./lib/project.mjs";

const SORA = `{ model: "sora-2-pro", prompt: "A lighthouse", duration: 8, size: "1280x720" }`;
const QUOTE = `client.quote(${SORA})[0].totalUsd`;

/** What a program prints in a consumer's folder. */
async function run(name, script) {
  const cwd = await project("script");
  writeFileSync(join(cwd, name), script);
  return report(process.execPath, [name], { cwd });
}

test("the tarball holds what the entries name, the licences, and no sources", async () => {
  const { files } = await tarball();
  const { exports } = JSON.parse(readFileSync(join(root, "pkg", "package.json"), "utf8"));
  const named = Object.values(exports).flatMap((entry) => Object.values(entry));
  for (const path of named.filter((path) => path.startsWith("./dist/"))) {
    assert.ok(files.includes(path.slice(2)), path);
  }
  for (const file of ["README.md", "LICENSE-MIT", "LICENSE-APACHE"]) {
    assert.ok(files.includes(file), file);
  }
  const strange = files.filter((file) => !/^(dist\/|README\.md|LICENSE-|package\.json)/.test(file));
  assert.deepEqual(strange, []);
});

test("publint finds nothing", async () => {
  const { messages } = await publint({ pkgDir: join(root, "pkg"), strict: true });
  assert.deepEqual(messages, []);
});

test("`import` and `require` in one process get one package", async () => {
  const script = `const required = require("filmgate");
    import("filmgate").then((imported) => {
      const same = Object.keys(imported).filter((name) => imported[name] === required[name]);
      console.log(JSON.stringify([same.sort(), ${QUOTE.replace("client", "required.createFilmgate()")}]));
    });`;
  const exports = Object.keys(await import(join(root, "pkg/dist/index.js"))).sort();
  assert.deepEqual(await run("one.cjs", script), [exports, 2.4]);
});

test("the slim entry says what it lacks, and works once it has the module", async () => {
  const script = `import { readFileSync } from "node:fs";
    import { createFilmgate, initWasm } from "filmgate/slim";
    const client = createFilmgate();
    let lacking;
    try { client.models(); } catch (error) { lacking = error.code; }
    initWasm(readFileSync(new URL(import.meta.resolve("filmgate/filmgate.wasm"))));
    console.log(JSON.stringify([lacking, ${QUOTE}]));`;
  assert.deepEqual(await run("lacking.mjs", script), ["internal_error", 2.4]);
});

test("the node entry keeps a job in a folder, by `import` and by `require`", async () => {
  const use = `const store = folderStore("jobs");
    store.put("a", { handle: { id: "a" } }, 0)
      .then(() => store.list())
      .then((entries) => store.delete("a").then(() => console.log(JSON.stringify(entries))));`;
  const kept = [{ record: { handle: { id: "a" } }, revision: 1 }];
  const imported = `import { folderStore } from "filmgate/node"; ${use}`;
  const required = `const { folderStore } = require("filmgate/node"); ${use}`;
  assert.deepEqual(await run("keep.mjs", imported), kept);
  assert.deepEqual(await run("keep.cjs", required), kept);
});

test("a bundle for a browser contains nothing of the node entry", async () => {
  const resolveDir = await project("script");
  const bundle = async (contents) => {
    const how = { bundle: true, write: false, format: "esm", platform: "browser" };
    const { outputFiles } = await build({
      stdin: { contents, resolveDir },
      ...how,
      logLevel: "silent",
    });
    return outputFiles[0].text;
  };
  const text = await bundle(`export * from "filmgate";`);
  assert.doesNotMatch(text, /node:|folderStore/);
  await assert.rejects(bundle(`export * from "filmgate/node";`), /node:fs/);
});

test("the version is the crate's", () => {
  const { version } = JSON.parse(readFileSync(join(root, "pkg", "package.json"), "utf8"));
  assert.match(
    readFileSync(join(root, "Cargo.toml"), "utf8"),
    new RegExp(`version = "${version}"`),
  );
});

test("the oldest Node and the oldest TypeScript that are claimed are those that are tried", () => {
  const { engines } = JSON.parse(readFileSync(join(root, "pkg", "package.json"), "utf8"));
  const readme = readFileSync(join(root, "pkg", "README.md"), "utf8");
  const tried = (name, tool) => pinned(name, tool).match(/@(\d+\.\d+)\.\d+$/)[1];
  assert.equal(engines.node, `>=${tried("runtimes", "oldest-node")}`);
  const claimed = `TypeScript ${tried("types", "oldest-typescript")} or newer`;
  assert.ok(readme.includes(claimed), claimed);
});
