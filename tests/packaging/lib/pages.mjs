// Pages in Chromium, by the tool that bundles the package.
import { join } from "node:path";
import { hosted, visit } from "./chromium.mjs";
import { served } from "./programs.mjs";
import { built, pinned, project } from "./project.mjs";

/** With the hook at one provider, with the element at the other; `filmgate/gateway` is bundled, too. */
export const FRONTEND = "`filmgate/react`, `filmgate/element`";
const SLIM = "`filmgate/slim`, `filmgate.wasm?url`";

const byImportMap = async (providers, t) => {
  const origin = await hosted(t, await project("import-map"));
  const { report, loaded } = await visit(t, origin, providers);
  return { ...report, shipped: loaded };
};

/** A folder as it lies on a static host. */
const asBuilt =
  (name, folder = ".") =>
  async (providers, t) => {
    const origin = await hosted(t, join(await built(name), folder));
    const { report, loaded } = await visit(t, origin, providers);
    return { ...report, shipped: loaded };
  };

const inDevelopment = (name) => async (providers, t) => {
  const origin = await served(t, { cwd: await project(name), script: "dev" });
  return (await visit(t, origin, providers)).report;
};

const webpack = `webpack ${pinned("webpack", "webpack")}`;
const vite = `Vite ${pinned("vite", "vite")}`;
const esbuild = `esbuild ${pinned("esbuild", "esbuild")}`;
const parcel = `Parcel ${pinned("parcel", "parcel")}`;

export const pages = [
  ["Chromium, no tool", "`import`, import map", byImportMap, true],
  [`Chromium, ${esbuild}`, "`import`", asBuilt("esbuild"), true],
  [`Chromium, ${webpack}`, "`import`", asBuilt("webpack")],
  [`Chromium, ${parcel}`, "`import`", asBuilt("parcel", "dist")],
  [`Chromium, ${vite} build`, "`import`", asBuilt("vite", "dist")],
  [`Chromium, ${vite} build`, SLIM, asBuilt("vite-slim", "dist")],
  [`Chromium, ${vite} build`, FRONTEND, asBuilt("vite-react", "dist")],
  [`Chromium, ${vite} dev`, "`import`", inDevelopment("vite")],
  [`Chromium, ${vite} dev`, SLIM, inDevelopment("vite-slim")],
].map(([runtime, style, generate, quick = false]) => ({ runtime: () => runtime, style, generate, quick }));
