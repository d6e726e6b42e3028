// `filmgate/gateway` stays small, and needs no permission to compile code.
import assert from "node:assert/strict";
import { join } from "node:path";
import { test } from "node:test";
import { build } from "esbuild";
import { bundleSize } from "../../bench/size/bundle.mjs";
import { root } from "../../scripts/lib/run.mjs";

const MAX_GZIP_BYTES = 18_000;
/** What a page without `unsafe-eval` and `wasm-unsafe-eval` cannot run. */
const COMPILERS = /WebAssembly|\beval\(|new Function/;
const MODULE_FILES = /dist\/(core\/|glue|inline|filmgate\.)/;

const { outputFiles, metafile } = await build({
  entryPoints: [join(root, "pkg", "dist", "gateway-client", "index.js")],
  ...{ bundle: true, minify: true, format: "esm", platform: "browser", write: false, metafile: true },
});

test("a program that submits to a gateway and waits has at most 18,000 bytes after gzip", async () => {
  const { gzip } = await bundleSize("programs/filmgate-gateway.mjs");
  assert.ok(gzip <= MAX_GZIP_BYTES, `${gzip} bytes`);
});

test("it contains no WebAssembly and compiles no code, bundled or not", () => {
  assert.doesNotMatch(outputFiles[0].text, COMPILERS);
  assert.deepEqual(Object.keys(metafile.inputs).filter((path) => MODULE_FILES.test(path)), []);
});
