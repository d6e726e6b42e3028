// Where npm's packages are pinned: one lock file for all folders, exact versions if there is none.
import assert from "node:assert/strict";
import { existsSync, readFileSync, readdirSync } from "node:fs";
import { join } from "node:path";
import { test } from "node:test";
import { root } from "../lib/run.mjs";

const read = (...path) => JSON.parse(readFileSync(join(root, ...path), "utf8"));
const CONSUMERS = join("tests", "packaging");

test("the lock file has what each workspace requires, and names no registry", () => {
  const { packages } = read("package-lock.json");
  for (const folder of ["", ...read("package.json").workspaces]) {
    const { dependencies, devDependencies } = read(folder, "package.json");
    assert.deepEqual(packages[folder].dependencies, dependencies, folder);
    assert.deepEqual(packages[folder].devDependencies, devDependencies, folder);
    assert.ok(folder === "" || !existsSync(join(root, folder, "package-lock.json")), folder);
  }
  const addresses = Object.values(packages).flatMap(({ resolved, link }) => (resolved && !link ? [resolved] : []));
  assert.deepEqual(addresses, []);
});

test("a consumer without a lock file pins each package exactly", () => {
  const folders = readdirSync(join(root, CONSUMERS)).filter((name) =>
    existsSync(join(root, CONSUMERS, name, "package.json")),
  );
  assert.ok(folders.length > 10);
  for (const name of folders) {
    const { dependencies, devDependencies, optionalDependencies } = read(CONSUMERS, name, "package.json");
    for (const [tool, version] of Object.entries({ ...dependencies, ...devDependencies, ...optionalDependencies })) {
      assert.match(version, /^(npm:.+@)?\d+\.\d+\.\d+(-[\w.]+)?$/, `${name}: ${tool}`);
    }
  }
});
