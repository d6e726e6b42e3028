// The upload: built by wrangler as for a deployment, small, and without an account.
import assert from "node:assert/strict";
import { readFileSync, readdirSync } from "node:fs";
import { join } from "node:path";
import { test } from "node:test";
import { gzipSync } from "node:zlib";
import { bundleOf } from "../../scripts/lib/gateway.mjs";
import { root } from "../../scripts/lib/run.mjs";
import { VARIABLES } from "../../worker/local/variables.mjs";

// 17 kB of it came with serde at the boundary, 45 kB with readers for what providers really answer.
const LIMIT = 220_000;

test(`wrangler bundles it, to less than ${LIMIT} bytes of gzip`, async (t) => {
  const folder = await bundleOf();
  const files = readdirSync(folder).filter((name) => /\.(js|wasm|html|css)$/.test(name));
  assert.equal(files.filter((name) => name.endsWith(".wasm")).length, 1, "the module, once");
  const sizes = files.map((name) => gzipSync(readFileSync(join(folder, name))).length);
  const total = sizes.reduce((sum, size) => sum + size, 0);
  t.diagnostic(`upload: ${total} bytes of gzip`);
  assert.ok(total < LIMIT, `${total} bytes: ${files.map((name, i) => `${name} ${sizes[i]}`)}`);
});

test("the configuration names no account, zone or URL", () => {
  const text = readFileSync(join(root, "worker", "wrangler.jsonc"), "utf8");
  for (const owner of ["account_id", "zone", "route", "kv_namespaces", "custom_domain"]) {
    assert.doesNotMatch(text, new RegExp(`"${owner}`), owner);
  }
});

test("the local engine forwards each variable of the environment", () => {
  const source = readFileSync(join(root, "worker", "src", "env.ts"), "utf8");
  const declared = [...source.matchAll(/^ {2}([A-Z_]+)\?: string;/gm)].map(([, name]) => name);
  assert.deepEqual([...VARIABLES].sort(), declared.sort());
});
