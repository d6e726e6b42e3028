// The packed package: what is in it, and that it works in a project that knows nothing of this one.
import assert from "node:assert/strict";
import { execFileSync } from "node:child_process";
import { copyFileSync, readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { test } from "node:test";
import { build } from "esbuild";
import { publint } from "publint";
import { consumer, root, run } from "./support.mjs";

const SORA = `{ model: "sora-2-pro", prompt: "A lighthouse", duration: 8, size: "1280x720" }`;
const QUOTE = `film.quote(${SORA})[0].totalUsd`;

test("the tarball holds the entries, their types, the module and the licences, and no sources", (t) => {
  const { files } = consumer(t);
  for (const entry of ["index", "slim", "workerd", "node"]) {
    for (const file of [`dist/${entry}.js`, `dist/${entry}.d.ts`]) {
      assert.ok(files.includes(file), file);
    }
  }
  for (const file of ["dist/filmgate.wasm", "README.md", "LICENSE-MIT", "LICENSE-APACHE"]) {
    assert.ok(files.includes(file), file);
  }
  const strange = files.filter((file) => !/^(dist\/|README\.md|LICENSE-|package\.json)/.test(file));
  assert.deepEqual(strange, []);
});

test("publint finds nothing", async () => {
  const { messages } = await publint({ pkgDir: join(root, "pkg"), strict: true });
  assert.deepEqual(messages, []);
});

test("`import` quotes", (t) => {
  const { folder } = consumer(t);
  const script = `import { createFilmgate } from "filmgate";
    const film = createFilmgate();
    console.log(JSON.stringify(${QUOTE}));`;
  assert.equal(run(folder, "a.mjs", script), 2.4);
});

test("`require` quotes", (t) => {
  const { folder } = consumer(t);
  const script = `const { createFilmgate } = require("filmgate");
    const film = createFilmgate();
    console.log(JSON.stringify(${QUOTE}));`;
  assert.equal(run(folder, "a.cjs", script), 2.4);
});

test("the slim entry says what it lacks, and works once it has the module", (t) => {
  const { folder } = consumer(t);
  const script = `import { readFileSync } from "node:fs";
    import { createFilmgate, provideModule } from "filmgate/slim";
    const film = createFilmgate();
    let lacking;
    try { film.models(); } catch (error) { lacking = error.code; }
    provideModule(readFileSync(new URL(import.meta.resolve("filmgate/filmgate.wasm"))));
    console.log(JSON.stringify([lacking, ${QUOTE}]));`;
  assert.deepEqual(run(folder, "a.mjs", script), ["internal", 2.4]);
});

test("the node entry keeps a job in a folder, by `import` and by `require`", (t) => {
  const { folder } = consumer(t);
  const use = `const store = folderStore("jobs");
    store.put("a", { handle: { key: "a" } }, 0)
      .then(() => store.list())
      .then((entries) => store.delete("a").then(() => console.log(JSON.stringify(entries))));`;
  const kept = [{ record: { handle: { key: "a" } }, revision: 1 }];
  const imported = `import { folderStore } from "filmgate/node"; ${use}`;
  assert.deepEqual(run(folder, "a.mjs", imported), kept);
  const required = `const { folderStore } = require("filmgate/node"); ${use}`;
  assert.deepEqual(run(folder, "a.cjs", required), kept);
});

test("a bundle for a browser takes nothing of the node entry along", async (t) => {
  const { folder } = consumer(t);
  const bundle = async (source) => {
    const stdin = { contents: source, resolveDir: folder };
    const how = { bundle: true, write: false, format: "esm", platform: "browser" };
    const { outputFiles } = await build({ stdin, ...how, logLevel: "silent" });
    return outputFiles[0].text;
  };
  const text = await bundle(`export * from "filmgate";`);
  assert.doesNotMatch(text, /node:|folderStore/);
  await assert.rejects(bundle(`export * from "filmgate/node";`), /node:fs/);
});

test("TypeScript accepts right calls and refuses wrong ones, as strict as it can be", (t) => {
  const { folder } = consumer(t);
  copyFileSync(new URL("types/consumer.ts", import.meta.url), join(folder, "consumer.ts"));
  const compilerOptions = {
    strict: true,
    exactOptionalPropertyTypes: true,
    noUncheckedIndexedAccess: true,
    skipLibCheck: false,
    noEmit: true,
    target: "es2022",
    module: "nodenext",
    lib: ["es2022", "dom"],
    types: [],
  };
  const settings = { compilerOptions, files: ["consumer.ts"] };
  writeFileSync(join(folder, "tsconfig.json"), JSON.stringify(settings));
  const tsc = join(root, "node_modules", ".bin", "tsc");
  try {
    execFileSync(tsc, ["-p", folder], { encoding: "utf8" });
  } catch (error) {
    assert.fail(error.stdout);
  }
});

test("the version is the crate's", () => {
  const { version } = JSON.parse(readFileSync(join(root, "pkg", "package.json"), "utf8"));
  assert.match(readFileSync(join(root, "Cargo.toml"), "utf8"), new RegExp(`version = "${version}"`));
});
