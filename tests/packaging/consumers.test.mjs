// The packed package with those consumers that are quick to set up; `npm run test:packaging` has them all.
import assert from "node:assert/strict";
import { readFileSync } from "node:fs";
import { describe, test } from "node:test";
import { consumers } from "./lib/consumers.mjs";
import { sites } from "./lib/next.mjs";
import { pages } from "./lib/pages.mjs";
import { prove } from "./lib/prove.mjs";
import { workers } from "./lib/workers.mjs";

const quick = consumers.filter(({ quick }) => quick);
const names = await Promise.all(quick.map(({ runtime }) => runtime()));

describe("generated from the tarball", { concurrency: 4 }, () => {
  for (const [index, consumer] of quick.entries()) {
    test(`${names[index]}: ${consumer.style}`, (t) => prove(consumer, t));
  }
});

test("docs/runtimes.md lists these tools: after a change, run `npm run test:packaging`", () => {
  const page = readFileSync(new URL("../../docs/runtimes.md", import.meta.url), "utf8");
  const lines = [...pages, ...workers, ...sites].map(
    ({ runtime, style }) => `| ${runtime()} | ${style} | works |`,
  );
  const missing = lines.filter((line) => !page.includes(line));
  assert.deepEqual(missing, []);
});
