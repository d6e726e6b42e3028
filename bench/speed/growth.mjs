// `quote` without a model over catalogs of several sizes, in a process of its own, printed as JSON:
// `node growth.mjs <folder of the package without built-in models>`.
import { readFileSync } from "node:fs";
import { join } from "node:path";
import { pathToFileURL } from "node:url";
import { measure } from "mitata";
import { createFilmgate } from "../../pkg/dist/index.js";
import { withListings } from "./listings.mjs";
import { both, varied } from "./requests.mjs";

const SIZES = [10, 34, 66, 100, 300];
const ANY = { ...both, model: undefined };

const folder = process.argv[2];
const bare = await import(pathToFileURL(join(folder, "slim.js")).href);
bare.initWasm(readFileSync(join(folder, "filmgate.wasm")));

const models = createFilmgate().models();
const rows = {};
for (const size of SIZES) {
  const client = bare.createFilmgate({ models: withListings(models, size, 0) });
  const quotes = client.quote(ANY);
  if (quotes.length !== size) throw new Error(`${quotes.length} quotes of ${size} listings`);
  const { p50 } = await measure(() => client.quote(varied(ANY)));
  rows[size] = { us: p50 / 1000, bytes: Buffer.byteLength(JSON.stringify(quotes)) };
}
console.log(JSON.stringify(rows));
