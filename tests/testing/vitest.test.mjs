// The example of `docs/testing.md`: a user's project whose tests generate at the simulated providers.
import assert from "node:assert/strict";
import { execFile } from "node:child_process";
import { readFileSync } from "node:fs";
import { join } from "node:path";
import { test } from "node:test";
import { promisify } from "node:util";
import { modernNode } from "../../scripts/lib/node.mjs";
import { root } from "../../scripts/lib/run.mjs";
import { installed } from "../../scripts/lib/tools.mjs";

const run = promisify(execFile);
const FOLDER = join("examples", "vitest");
const cwd = join(root, FOLDER);
const VITEST = join(installed("vitest", FOLDER), "vitest.mjs");

test("each test of the example passes", async () => {
  const env = { ...process.env, NO_COLOR: "1" };
  const { stdout } = await run(await modernNode(), [VITEST, "run"], { cwd, env });
  const written = readFileSync(join(cwd, "video.test.ts"), "utf8").match(/^test\(/gm).length;
  assert.match(stdout, new RegExp(`Tests +${written} passed \\(${written}\\)`));
});

test("its types are right", async () => {
  const strict = ["--strict", "--exactOptionalPropertyTypes", "--noUncheckedIndexedAccess"];
  const how = ["--noEmit", "--skipLibCheck", "--target", "es2022", "--module", "nodenext"];
  const tsc = join(root, "node_modules", ".bin", "tsc");
  await run(tsc, [...how, ...strict, "--types", "node", "video.test.ts"], { cwd });
});
