// Makes the admin's page small, for it counts in the upload: wrangler runs this before it bundles. Written
// aside and renamed, since several may bundle at once.
import { mkdirSync, renameSync, writeFileSync } from "node:fs";
import { basename, join } from "node:path";
import { fileURLToPath } from "node:url";
import { build } from "esbuild";

const worker = fileURLToPath(new URL("..", import.meta.url));
const source = join(worker, "src", "admin", "page");
const out = join(worker, "dist", "page");

const { outputFiles } = await build({
  entryPoints: ["app.js", "style.css", "index.html"].map((name) => join(source, name)),
  outdir: out,
  loader: { ".html": "copy" },
  external: ["/admin/*"],
  bundle: true,
  minify: true,
  format: "esm",
  target: "es2022",
  legalComments: "none",
  write: false,
});
mkdirSync(out, { recursive: true });
for (const { path, contents } of outputFiles) {
  const making = join(out, `.${basename(path)}.${process.pid}`);
  writeFileSync(making, contents);
  renameSync(making, path);
}
