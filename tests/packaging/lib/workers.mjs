// Cloudflare's engine, by what brings a Worker to it.
import { readFileSync } from "node:fs";
import { join } from "node:path";
import { visit } from "./chromium.mjs";
import { ask, served } from "./programs.mjs";
import { built, pinned, project } from "./project.mjs";
import { newestNode } from "./runtimes.mjs";

const SLIM = "`filmgate/slim`, the module imported";
const node = newestNode.program; // Cloudflare's tools want Node 22 or newer.

/** The engine alone, which esbuild bundles for. */
const inWorkerd = (name) => async (providers, t) => {
  const cwd = await built("workerd");
  const at = (port) => [`${name}.capnp`, `--socket-addr=http=localhost:${port}`];
  const report = await ask(await served(t, { cwd, script: "start", at }), providers);
  const files = [`${name}.js`, "filmgate.wasm"];
  return { ...report, shipped: files.map((file) => readFileSync(join(cwd, "dist", file))) };
};

/** Wrangler bundles, and starts the engine through Miniflare. */
const byWrangler = (file) => async (providers, t) => {
  const cwd = await project("wrangler");
  const at = (port) => [file, "--port", port];
  return ask(await served(t, { cwd, node, script: "dev", at }), providers);
};

/** Vite serves a page, and starts the engine through Miniflare for the Worker beside it. */
const vite = {
  dev: async (t) => served(t, { cwd: await project("cloudflare-vite"), node, script: "dev" }),
  build: async (t) =>
    served(t, { cwd: await built("cloudflare-vite", node), node, script: "preview" }),
};
const byVite = (start) => async (providers, t) => ask(await start(t), providers);
const besideIt = (start) => async (providers, t) =>
  (await visit(t, await start(t), providers)).report;

const engine = `workerd ${pinned("workerd", "workerd")}, esbuild`;
const wrangler = `workerd in Miniflare, Wrangler ${pinned("wrangler", "wrangler")}`;
const plugin = `@cloudflare/vite-plugin ${pinned("cloudflare-vite", "@cloudflare/vite-plugin")}`;

export const workers = [
  [engine, "`import`", inWorkerd("worker"), true],
  [engine, SLIM, inWorkerd("slim"), true],
  [wrangler, "`import`", byWrangler("worker.js")],
  [wrangler, SLIM, byWrangler("slim.js")],
  [`workerd in Miniflare, ${plugin} dev`, "`import`", byVite(vite.dev)],
  [`workerd in Miniflare, ${plugin} build`, "`import`", byVite(vite.build)],
  [`Chromium, ${plugin} dev`, "`import`", besideIt(vite.dev)],
  [`Chromium, ${plugin} build`, "`import`", besideIt(vite.build)],
].map(([runtime, style, film, quick = false]) => ({ runtime: () => runtime, style, film, quick }));
