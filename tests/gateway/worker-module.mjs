// One module of worker/src with what it imports, for tests without workerd.
import { mkdirSync, mkdtempSync, rmSync } from "node:fs";
import { join } from "node:path";
import { pathToFileURL } from "node:url";
import { build } from "esbuild";
import { root } from "../../scripts/lib/run.mjs";

// workerd has these; Node has them from version 25 on.
Uint8Array.prototype.setFromBase64 ??= function setFromBase64(text, { lastChunkHandling = "loose" } = {}) {
  const isStrict = lastChunkHandling === "strict";
  const end = isStrict ? "(?:[^]{2}==|[^]{3}=)?" : "(?:[^=]{2}(?:==)?|[^=]{3}=?)?";
  if (!new RegExp(`^(?:[^=]{4})*${end}$`).test(text) || !/^[A-Za-z0-9+/]*=*$/.test(text)) throw new SyntaxError();
  return { read: text.length, written: Buffer.from(text, "base64").copy(this) };
};
Uint8Array.prototype.toBase64 ??= function toBase64() {
  return Buffer.from(this).toString("base64");
};

/** The exports of several modules, by their paths in worker/src. */
export async function workerModules(...paths) {
  const contents = paths.map((path) => `export * from "./${path}";`).join("\n");
  // Within the repository, so that packages are found.
  const target = join(root, "target");
  mkdirSync(target, { recursive: true });
  const folder = mkdtempSync(join(target, "module-"));
  const outfile = join(folder, "module.mjs");
  try {
    const stdin = { contents, resolveDir: join(root, "worker", "src") };
    await build({ stdin, bundle: true, packages: "external", format: "esm", target: "esnext", outfile });
    return await import(pathToFileURL(outfile).href);
  } finally {
    rmSync(folder, { recursive: true });
  }
}
