// The browser download of filmgate and of the published clients. `npm run bench:size`
import { main } from "../../scripts/lib/run.mjs";
import { step } from "../../scripts/lib/log.mjs";
import { table, write } from "../lib/results.mjs";
import { setUp } from "../lib/set-up.mjs";
import { bundleSize } from "./bundle.mjs";
import { ownWeights } from "./own.mjs";
import { ours, peers } from "./programs.mjs";

await main(async () => {
  const { toolchain } = await setUp();
  step("Bundling each client", "seconds");
  const own = await ownWeights(toolchain);
  const measured = [
    ...ours.map(({ name, title }) => ({ title, ...own.weights[name] })),
    { title: "filmgate's module, `filmgate.wasm`", ...own.weights.module },
  ];
  for (const { title, file, without } of peers) {
    measured.push({ title, ...(await bundleSize(file, { without })) });
  }
  const rows = measured.map(({ title, raw, gzip, brotli }) => [title, ...[raw, gzip, brotli].map(kB)]);
  const text = [
    table(["kB of 1000 bytes", "minified", "gzip", "brotli"], rows),
    "A program that submits one request and waits for its video, bundled by esbuild with `--bundle --minify " +
      "--format=esm --platform=browser`. `filmgate` holds its module as text; `filmgate/slim` fetches " +
      `\`filmgate.wasm\` beside it. The module was built by ${own.compiler}.`,
  ].join("\n\n");
  console.log(`\n${text}`);
  write("size", {
    command: "npm run bench:size",
    title: "What a browser downloads",
    text,
    node: process.version,
    clients: [{ packages: ["filmgate"] }, ...peers],
    raw: { own, measured },
  });
});

function kB(bytes) {
  return (bytes / 1000).toFixed(1);
}
