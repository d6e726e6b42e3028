// What is downloaded, in bytes of gzip; of the module, of Brotli. `npm run bench:size` has more clients and more measures.
import { readFileSync } from "node:fs";
import { join } from "node:path";
import { weigh } from "../../scripts/lib/compressed-size.mjs";
import { root } from "../../scripts/lib/run.mjs";
import { bundleSize } from "../size/bundle.mjs";
import { GATEWAY, MODULE, SLIM, WHOLE } from "./names.mjs";

const PEERS = {
  valibot: "../validators/valibot.mjs",
  "zod/mini": "../validators/zod-mini.mjs",
  zod: "../validators/zod.mjs",
  ajv: "../validators/ajv.mjs",
  "@fal-ai/client": "programs/fal.mjs",
  replicate: "programs/replicate.mjs",
  openai: "programs/openai.mjs",
};

/** As `{ what: { by: bytes } }`. `baseline` is the folder of the older package. */
export async function bytesOf(baseline) {
  const bytes = { [WHOLE]: {}, [SLIM]: {}, [GATEWAY]: {}, [MODULE]: {} };
  const folders = { filmgate: root, ...(baseline && { baseline }) };
  for (const [by, folder] of Object.entries(folders)) {
    const program = (name) => join(folder, "bench", "size", "programs", name);
    bytes[WHOLE][by] = await gzipOf(program("filmgate.mjs"));
    bytes[SLIM][by] = await gzipOf(program("filmgate-slim.mjs"));
    bytes[MODULE][by] = weigh(readFileSync(join(folder, "pkg", "dist", "filmgate.wasm"))).brotli;
  }
  // The older package has no such entry.
  bytes[GATEWAY].filmgate = await gzipOf("programs/filmgate-gateway.mjs");
  for (const [by, file] of Object.entries(PEERS)) bytes[WHOLE][by] = await gzipOf(file);
  return bytes;
}

const gzipOf = async (file) => (await bundleSize(file)).gzip;
