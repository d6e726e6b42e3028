// The types of the packed package, as the compilers and the resolutions that are claimed read them.
import assert from "node:assert/strict";
import { readFileSync } from "node:fs";
import { test } from "node:test";
import { checkPackage, createPackageFromTarballData } from "@arethetypeswrong/core";
import { compilers } from "./lib/compilers.mjs";
import { refusingUndefined } from "./lib/inputs.mjs";
import { tarball } from "./lib/project.mjs";

const { exports } = JSON.parse(readFileSync(new URL("../../pkg/package.json", import.meta.url)));
const entries = Object.keys(exports).filter((entry) => entry !== "./package.json");
// The gateway of the same version is compiled with its own entry, by one compiler.
const own = "./gateway-server";

test("no entry's types are left without an assertion", () => {
  const asserted = readFileSync(new URL("types/entries.ts", import.meta.url), "utf8");
  const isMissing = (entry) => entry !== own && !asserted.includes(`from "filmgate${entry.slice(1)}"`);
  const missing = entries.filter(isMissing);
  assert.deepEqual(missing, []);
});

for (const { version, resolution, libraries, compile } of compilers) {
  test(
    `TypeScript ${version}, ${resolution}, ${libraries}: right calls are accepted, wrong ones refused`,
    compile,
  );
}

test("what is optional may be undefined, as a variable of the environment is, in all that a caller hands over", async () => {
  const files = entries.filter((entry) => entry !== own).map((entry) => exports[entry].types);
  assert.deepEqual(await refusingUndefined(files.filter((file) => file.endsWith(".d.ts"))), []);
});

test("are-the-types-wrong finds nothing that an ESM package has to fix", async () => {
  const { path } = await tarball();
  const { entrypoints, problems } = await checkPackage(
    createPackageFromTarballData(readFileSync(path)),
  );
  assert.deepEqual(Object.keys(entrypoints).sort(), Object.keys(exports).sort());
  // Who resolves without `exports` finds the main entry alone. CommonJS learns that it gets a module: both Nodes that
  // are supported can `require` one.
  const isKnown = ({ resolutionKind, entrypoint }) =>
    resolutionKind === "node16-cjs" || (resolutionKind === "node10" && entrypoint !== ".");
  // A JSON file is the default of an import, which it does not know.
  const isJson = ({ kind, implementationFileName: file }) => kind === "FalseExportDefault" && file.endsWith(".json");
  const left = problems.filter((problem) => !isKnown(problem) && !isJson(problem));
  assert.deepEqual(left, []);
});
