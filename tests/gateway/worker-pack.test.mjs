// The packed gateway: it deploys and runs outside the repository, without Rust.
import assert from "node:assert/strict";
import { execFile, spawn } from "node:child_process";
import { once } from "node:events";
import { existsSync, mkdtempSync, readFileSync, readdirSync, rmSync, statSync, symlinkSync } from "node:fs";
import { tmpdir } from "node:os";
import { dirname, join } from "node:path";
import { createInterface } from "node:readline";
import { before, after, test } from "node:test";
import { promisify } from "node:util";
import { modernNodeHere } from "../../scripts/lib/node.mjs";
import { root } from "../../scripts/lib/run.mjs";
import { startSimulator } from "../../scripts/lib/simulator.mjs";
import { pack } from "../../scripts/worker-pack.mjs";

const place = mkdtempSync(join(tmpdir(), "filmgate-pack-"));
const folder = join(place, "gateway");
const bundle = join(folder, "bundle");
const node = modernNodeHere();
const ADMIN_TOKEN = "an-admin-token-of-at-least-32-characters";

/** An environment without Rust, npm and the developer's own folders. */
const env = { PATH: dirname(node), HOME: place, WRANGLER_SEND_METRICS: "false", CI: "true", NO_COLOR: "1" };

before(() => pack(folder));
after(() => rmSync(place, { recursive: true, force: true }));

const filesIn = (path) => readdirSync(path, { recursive: true }).filter((name) => !statSync(join(path, name)).isDirectory());
const isText = (name) => /\.(m?js|jsonc?|map|md|html|css)$|Dockerfile|Caddyfile/.test(name);

test("it has the bundle with its source map, and nothing that is built", () => {
  const names = filesIn(folder).map((name) => name.replace(/[0-9a-f]{40}/, "hash"));
  for (const name of [
    "README.md",
    "package.json",
    "wrangler.jsonc",
    "Dockerfile",
    ".dockerignore",
    "LICENSE-MIT",
    "LICENSE-APACHE",
    "bundle/index.js",
    "bundle/index.js.map",
    "bundle/hash-filmgate.wasm",
    "public/openapi.json",
    "local/main.mjs",
  ]) {
    assert.ok(names.includes(name), name);
  }
  assert.deepEqual(names.filter((name) => /\.(ts|rs|toml|tgz)$|(^|\/)(node_modules|logs)\//.test(name)), []);
  const { sources, sourcesContent } = JSON.parse(readFileSync(join(bundle, "index.js.map"), "utf8"));
  assert.ok(sources.some((name) => name.endsWith("worker/src/job/job.ts")), "its own sources");
  assert.equal(sourcesContent.length, sources.length, "a stack trace needs no checkout");
});

test("no file names a path of the machine that packed it", () => {
  for (const name of filesIn(folder).filter(isText)) {
    assert.ok(!readFileSync(join(folder, name), "utf8").includes(root), name);
  }
});

test("wrangler uploads the packed bytes, outside the repository and without Rust", async () => {
  const wrangler = join(root, "node_modules", "wrangler", "bin", "wrangler.js");
  const out = join(place, "out");
  const args = [wrangler, "deploy", "--dry-run", "--outdir", out];
  const { stdout, stderr } = await promisify(execFile)(node, args, { cwd: folder, env });
  assert.match(stdout, /env\.VIDEO_BUCKET/);
  assert.doesNotMatch(stdout + stderr, /WARNING|ERROR/);
  const uploaded = readdirSync(out).filter((name) => /\.(js|wasm)$/.test(name));
  assert.deepEqual(uploaded.sort(), readdirSync(bundle).filter((name) => !name.endsWith(".map")).sort());
  for (const name of uploaded.filter((name) => name.endsWith(".wasm"))) {
    assert.deepEqual(readFileSync(join(out, name)), readFileSync(join(bundle, name)));
  }
});

test("it runs there, up to a first video and a clean stop", async (t) => {
  if (!existsSync(join(folder, "node_modules"))) symlinkSync(join(root, "node_modules"), join(folder, "node_modules"));
  const simulator = await startSimulator({ args: ["--job-duration-ms", "300"] });
  t.after(simulator.stop);
  const secrets = {
    ADMIN_TOKEN,
    RUNWARE_API_KEY: "runware-simulated",
    RUNWARE_BASE_URL: simulator.runware,
    TRUSTED_ORIGINS: simulator.origin,
  };
  const args = ["local/main.mjs", "--port", "0", "--data", join(place, "data")];
  const child = spawn(node, args, { cwd: folder, env: { ...env, ...secrets }, stdio: ["ignore", "pipe", "inherit"] });
  t.after(() => child.kill("SIGKILL"));
  const [line] = await once(createInterface({ input: child.stdout }), "line");
  const { url } = JSON.parse(line);
  const file = join(place, "first.mp4");
  const first = ["local/first-video.mjs", url, file];
  const { stdout } = await promisify(execFile)(node, first, { cwd: folder, env: { ...env, ADMIN_TOKEN } });
  assert.match(stdout, /completed/);
  assert.match(stdout, /^API key: fgw_/m);
  assert.equal(readFileSync(file).toString("latin1", 4, 8), "ftyp");
  const healthy = ["local/healthy.mjs"];
  await promisify(execFile)(node, healthy, { cwd: folder, env: { ...env, PORT: new URL(url).port } });
  child.kill("SIGTERM");
  assert.deepEqual(await once(child, "close"), [0, null], "it ends by itself, after workerd");
});
