// Bundles the page of www/ into a folder that any static host can serve: hashed files, `_headers`, 404.html.
import { build } from "esbuild";
import { createHash } from "node:crypto";
import { cpSync, existsSync, mkdirSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { join, relative, resolve } from "node:path";
import { pathToFileURL } from "node:url";
import { parseArgs } from "node:util";
import { digest, ifStale } from "./build-cache.mjs";
import { withLock } from "./file-lock.mjs";
import { Failure, root } from "./run.mjs";
import { npmPackages } from "./tools.mjs";

const WWW = join(root, "www");
const PACKAGE = "pkg/dist";
const DEFAULT_FOLDER = "target/page";
/** The chunk that is drawn as soon as the form is. */
const ZONES = "www/src/shell/zones.tsx";

/** The request that the form starts with; any words cost the same. */
const FIRST_REQUEST = { prompt: "A video", duration: 5, resolution: "720p", aspectRatio: "16:9" };

/** Bundles the page if it has changed; returns its folder. The package must be built. */
export async function builtPage() {
  const inputs = ["www/src", "www/index.html", "www/boot.js", "www/404.html", "www/og.png", "www/package-lock.json", "scripts/lib/page.mjs"];
  const input = digest(inputs, [digest([PACKAGE])]);
  await withLock(() => ifStale("page", input, [`${DEFAULT_FOLDER}/index.html`], () => buildPage(join(root, DEFAULT_FOLDER))));
  return join(root, DEFAULT_FOLDER);
}

/**
 * Bundles the page into a folder, which is replaced. `url`: where it will be, for links to it. `repository`: the URL of the
 * sources and documents, to which it then links. `docs`: where the documents are, if they are not read there.
 */
export async function buildPage(folder, { url, repository = "", docs } = {}) {
  await npmPackages("www");
  rmSync(folder, { recursive: true, force: true });
  const assets = join(folder, "assets");
  mkdirSync(assets, { recursive: true });
  const { models, fromUsdPerSecond } = await catalog();
  const catalogName = writeHashed(assets, "catalog", "json", JSON.stringify(models));
  const sources = repository.replace(/\/+$/, "");
  const documents = docs ?? (sources && `${sources}/tree/main/docs`);
  const { metafile } = await bundle(assets, { catalogName, fromUsdPerSecond, sources, documents });
  const outputs = Object.entries(metafile.outputs);
  const [scriptPath, { cssBundle }] = outputs.find(([, output]) => output.entryPoint === "www/src/main.tsx");
  const within = (path) => `assets/${path.split("/").at(-1)}`;
  const [zonesPath] = outputs.find(([, output]) => output.entryPoint === ZONES);
  const first = staticImports(metafile, scriptPath);
  const next = [zonesPath, ...staticImports(metafile, zonesPath)].filter((path) => path !== scriptPath && !first.includes(path));
  const preload = (paths, attributes = "") =>
    paths.map((path) => `<link rel="modulepreload" href="${within(path)}"${attributes}>`).join("\n    ");
  for (const name of ["icon.svg", "og.png"]) if (existsSync(join(WWW, name))) cpSync(join(WWW, name), join(folder, name));
  cpSync(join(WWW, "404.html"), join(folder, "404.html"));
  const page = await pageText({
    script: within(scriptPath),
    style: within(cssBundle),
    catalog: `assets/${catalogName}`,
    modulepreloads: preload(first),
    // After the script: a browser has six connections to a host over HTTP/1.1.
    later: preload(next, ' fetchpriority="low"'),
    // Who shows a link needs the whole address of its picture.
    og: url === undefined ? "og.png" : new URL("og.png", url.endsWith("/") ? url : `${url}/`).href,
  });
  writeFileSync(join(folder, "index.html"), page);
  writeFileSync(join(folder, "_headers"), headersText(page));
}

/** The files that a script imports before it runs. A browser learns of them only from the script, a round trip later. */
function staticImports({ outputs }, path, found = new Set()) {
  for (const { kind, path: imported } of outputs[path].imports) {
    if (kind !== "import-statement" || found.has(imported)) continue;
    found.add(imported);
    staticImports({ outputs }, imported, found);
  }
  return [...found];
}

/** The page loads the module as a file of its own: the entry that holds it as text is left out. */
const withoutInlineModule = {
  name: "without-inline-module",
  setup: ({ onResolve }) => onResolve({ filter: /^filmgate$/ }, () => ({ path: join(root, PACKAGE, "slim.js") })),
};

function bundle(assets, { catalogName, fromUsdPerSecond, sources, documents }) {
  return build({
    absWorkingDir: root,
    entryPoints: ["www/src/main.tsx"],
    outdir: assets,
    bundle: true,
    splitting: true,
    format: "esm",
    minify: true,
    metafile: true,
    target: ["es2023", "chrome125", "firefox128", "safari18"],
    entryNames: "[name]-[hash]",
    chunkNames: "[name]-[hash]",
    assetNames: "[name]-[hash]",
    loader: { ".wasm": "file", ".webp": "file" },
    plugins: [withoutInlineModule],
    jsx: "automatic",
    jsxImportSource: "preact",
    define: {
      CATALOG_URL: JSON.stringify(`./${catalogName}`),
      FROM_USD_PER_SECOND: String(fromUsdPerSecond),
      REPOSITORY_URL: JSON.stringify(sources),
      DOCS_URL: JSON.stringify(documents),
    },
    logLevel: "warning",
  });
}

/** What the form needs of the catalog, and the lowest price of a second. */
async function catalog() {
  const entry = pathToFileURL(join(root, PACKAGE, "node", "default.js")).href;
  const { createFilmgate } = await import(entry);
  const client = createFilmgate();
  const prices = new Map(client.models({ brief: true }).map(({ id, cheapestPrice }) => [id, cheapestPrice]));
  const models = client.models().map(({ id, name, creator, listings }) => {
    const price = prices.get(id);
    return { id, name, creator, fromUsd: price?.per === "second" ? price.usd : undefined, listings: listings.map(short) };
  });
  const priced = client.quote(FIRST_REQUEST).filter(({ available, maxUsd }) => available && maxUsd !== undefined);
  const cheapest = Math.min(...priced.map(({ maxUsd }) => maxUsd));
  return { models, fromUsdPerSecond: Math.round((cheapest / FIRST_REQUEST.duration) * 1e4) / 1e4 };
}

const short = ({ provider, providerModelId, modes, params, status }) => ({
  provider,
  providerModelId,
  modes,
  status,
  params: params.map(({ field, required, type, min, max, allowed, sizes, default: value }) => ({
    field,
    required,
    type,
    min,
    max,
    allowed,
    sizes,
    default: value,
  })),
});

async function pageText(names) {
  const { code } = (
    await build({ entryPoints: [join(WWW, "boot.js")], write: false, minify: true, format: "iife", logLevel: "warning" })
  ).outputFiles.map(({ text }) => ({ code: text.trim() }))[0];
  const hash = createHash("sha256").update(code).digest("base64");
  const values = { ...names, boot: code, "script-hash": `'sha256-${hash}'` };
  return readFileSync(join(WWW, "index.html"), "utf8").replace(/\{\{([\w-]+)\}\}/g, (_, name) => values[name]);
}

/** The page's own policy, with the one directive that a `<meta>` element cannot set. */
export function pageHeaders(page) {
  const [meta] = page.match(/<meta[^>]*http-equiv="Content-Security-Policy"[^>]*>/i) ?? [];
  const policy = meta?.match(/content="([^"]*)"/i)?.[1];
  if (!policy) throw new Error("The page has no Content-Security-Policy");
  return {
    "Content-Security-Policy": `${policy.trim().replace(/;$/, "")}; frame-ancestors 'none'`,
    "Referrer-Policy": "no-referrer",
    "X-Content-Type-Options": "nosniff",
  };
}

/** The headers in the form that Cloudflare Pages and Netlify read. */
function headersText(page) {
  const headers = Object.entries(pageHeaders(page)).map(([name, value]) => `  ${name}: ${value}`);
  return ["/*", ...headers, "", "/assets/*", "  Cache-Control: public, max-age=31536000, immutable", ""].join("\n");
}

function writeHashed(folder, name, extension, text) {
  const hash = createHash("sha256").update(text).digest("hex").slice(0, 8);
  const file = `${name}-${hash}.${extension}`;
  writeFileSync(join(folder, file), text);
  return file;
}

/** The arguments of `npm run page` and `npm run site`: the folder as it was given, its path, and the options. */
export function requestedFolder(command) {
  const options = { url: { type: "string" }, repository: { type: "string" } };
  const { positionals, values } = parseArgs({ allowPositionals: true, options });
  const [given] = positionals;
  if (given === undefined) throw new Failure(`Name the folder, which is replaced: npm run ${command} -- out/`);
  const folder = resolve(root, given);
  if (!relative(folder, root).startsWith("..") && relative(folder, root) !== "") {
    throw new Failure(`${given} contains this repository. Name a folder of its own.`);
  }
  return { given, folder, values };
}
