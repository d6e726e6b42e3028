// workerd, by the tool that bundles the Worker.
import { readFileSync, readdirSync } from "node:fs";
import { join } from "node:path";
import { visit } from "./chromium.mjs";
import { ask, served } from "./programs.mjs";
import { built, pinned, project } from "./project.mjs";
import { newestNode } from "./runtimes.mjs";

const SLIM = "`filmgate/slim`, the module imported";
const node = newestNode.program; // Cloudflare's tools want Node 22 or newer.

/** The code that a build has left in a folder. */
function codeIn(...path) {
  const folder = join(...path);
  const files = readdirSync(folder, { recursive: true }).filter((name) =>
    /\.(js|wasm)$/.test(name),
  );
  return files.map((name) => readFileSync(join(folder, name)));
}

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
const weighed = (generate) => async (providers, t) => {
  const report = await generate(providers, t);
  return { ...report, shipped: codeIn(await built("wrangler", node), "dist") };
};

/** Vite serves a page, and starts the engine through Miniflare for the Worker beside it. */
const inDevelopment = async (t) =>
  served(t, { cwd: await project("cloudflare-vite"), node, script: "dev" });
const asBuilt = async (t) =>
  served(t, { cwd: await built("cloudflare-vite", node), node, script: "preview" });

const worker = {
  dev: async (providers, t) => ask(await inDevelopment(t), providers),
  build: async (providers, t) => {
    const report = await ask(await asBuilt(t), providers);
    return { ...report, shipped: codeIn(await built("cloudflare-vite", node), "dist", "videos") };
  },
};
const page = {
  dev: async (providers, t) => (await visit(t, await inDevelopment(t), providers)).report,
  build: async (providers, t) => {
    const { report, loaded } = await visit(t, await asBuilt(t), providers);
    return { ...report, shipped: loaded };
  },
};

const engine = `workerd ${pinned("workerd", "workerd")}, esbuild`;
const wrangler = `workerd in Miniflare, Wrangler ${pinned("wrangler", "wrangler")}`;
const plugin = `@cloudflare/vite-plugin ${pinned("cloudflare-vite", "@cloudflare/vite-plugin")}`;

export const workers = [
  [engine, "`import`", inWorkerd("worker"), true],
  [engine, SLIM, inWorkerd("slim"), true],
  [wrangler, "`import`", weighed(byWrangler("worker.js"))],
  [wrangler, SLIM, byWrangler("slim.js")],
  [`workerd in Miniflare, ${plugin} dev`, "`import`", worker.dev],
  [`workerd in Miniflare, ${plugin} build`, "`import`", worker.build],
  [`Chromium, ${plugin} dev`, "`import`", page.dev],
  [`Chromium, ${plugin} build`, "`import`", page.build],
].map(([runtime, style, generate, quick = false]) => ({ runtime: () => runtime, style, generate, quick }));
