// docs/recipes/cloudflare-workflows.md: the Workflow in workerd, with its sleeps, its Durable Object and R2.
import assert from "node:assert/strict";
import { randomUUID } from "node:crypto";
import { join } from "node:path";
import { before, test } from "node:test";
import { modernNode } from "../../scripts/lib/node.mjs";
import { root } from "../../scripts/lib/run.mjs";
import { assertPaidOnce } from "./lib/assert.mjs";
import { KEYS, folderOf, providers, run, server, until } from "./lib/project.mjs";

const PROJECT = join(root, "tests", "recipes", "cloudflare-workflows");
const CONFIG = join(PROJECT, "wrangler.jsonc");
const HOST = join(import.meta.dirname, "lib", "workflows-host.mjs");

let node;
before(async () => {
  node = await modernNode();
});

async function start(t, key, more = {}) {
  const sim = await providers(t);
  const bundle = folderOf();
  await run(node, [join(root, "worker", "local", "bundle.mjs"), CONFIG, bundle]);
  const args = [HOST, bundle, CONFIG, folderOf()];
  return { ...(await server(t, { cwd: PROJECT, args, env: { ...sim.env, ...KEYS[key], ...more }, node })), ledger: sim.ledger };
}

const put = (url, id, prompt = "A lighthouse in the rain") =>
  fetch(`${url}/videos/${id}`, { method: "PUT", body: JSON.stringify({ prompt }) });

const ended = (url, id) => async () => {
  const response = await fetch(`${url}/videos/${id}`);
  const status = response.ok && (await response.json());
  return status && ["complete", "errored", "terminated"].includes(status.status) && status;
};

async function assertGenerated(t, provider, more) {
  const { url, ledger } = await start(t, provider, more);
  const id = randomUUID();
  assert.equal((await put(url, id)).status, 202);
  const { status, output, error } = await until(ended(url, id));
  assert.equal(status, "complete", JSON.stringify(error));
  assert.equal(output.costUsd, 0.1);
  await assertPaidOnce(ledger, provider);
}

for (const provider of ["runpod", "runware"]) {
  test(`${provider}: start, sleep, status, and the video in R2`, (t) => assertGenerated(t, provider));
}

test("a host that does not say how long the video is", (t) => assertGenerated(t, "runware", { UNKNOWN_LENGTH: "1" }));
