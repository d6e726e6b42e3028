// Calls by the number of listings, in a process of its own, printed as JSON: `node listings.mjs <package without built-in
// models> <passes>`.
import { readFileSync } from "node:fs";
import { join } from "node:path";
import { pathToFileURL } from "node:url";
import { createFilmgate } from "../../pkg/dist/index.js";
import { both, varied } from "../speed/requests.mjs";
import { byTurns } from "../lib/by-turns.mjs";
import { withListings } from "./catalog.mjs";

const SIZES = [10, 34, 66, 100, 300];
const ANY = { ...both, model: undefined };

const [folder, passes] = process.argv.slice(2);
const bare = await import(pathToFileURL(join(folder, "slim.js")).href);
bare.initWasm(readFileSync(join(folder, "filmgate.wasm")));

const models = createFilmgate().models();
const clients = SIZES.map((size) => bare.createFilmgate({ models: withListings(models, size, 0) }));
// Each of the larger catalogs has the models of the smallest one.
const { model } = clients[0].quote(ANY).find(({ available }) => available);
const one = { ...both, model };

const bytes = clients.map((client, at) => {
  const quotes = client.quote(ANY);
  if (quotes.length !== SIZES[at]) throw new Error(`${quotes.length} quotes of ${SIZES[at]} listings`);
  return Buffer.byteLength(JSON.stringify(quotes));
});
const all = await byTurns(clients.map((client) => () => client.quote(varied(ANY))), Number(passes));
const joint = await byTurns(
  clients.map((client) => () => {
    const request = varied(one);
    return [client.validate(request), client.quote(request)];
  }),
  Number(passes),
);
const rows = SIZES.map((listings, at) => ({ listings, allUs: all[at], bytes: bytes[at], oneUs: joint[at] }));
console.log(JSON.stringify(rows));
