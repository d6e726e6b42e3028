// The catalog's files, in the order of the models: `catalog/order.json` first, then by id, retired models last. build.rs
// packs them in the same order.
import { readFileSync, readdirSync } from "node:fs";
import { join } from "node:path";
import { root } from "./run.mjs";

const FOLDER = join(root, "catalog");
const OTHERS = ["order.json", "schema.json"];

const read = (name) => JSON.parse(readFileSync(join(FOLDER, name), "utf8"));

/** The models as their files have them. */
export function catalogModels() {
  const first = read("order.json");
  const files = readdirSync(FOLDER).filter((name) => name.endsWith(".json") && !OTHERS.includes(name));
  const rank = ({ id }) => (first.includes(id) ? first.indexOf(id) : first.length);
  const models = files.sort().map(read);
  return models.sort((a, b) => isRetired(a) - isRetired(b) || rank(a) - rank(b));
}

/** Whether no provider offers the model any more. */
const isRetired = ({ listings }) => listings.every(({ status }) => status.state === "retired");

/** The newest day of the evidence. */
function catalogDate(models) {
  const documents = models.flatMap(({ listings }) =>
    listings.flatMap(({ evidence, prices = [] }) => [evidence, ...prices.map((price) => price.evidence)]),
  );
  const dates = documents.filter(Boolean).map(({ date }) => date.slice(0, 10));
  return dates.sort().at(-1);
}

/** `filmgate/catalog.json`: what only editors and maintainers need is left out. */
function catalogDocument() {
  const models = catalogModels();
  const withoutNotes = JSON.parse(JSON.stringify(models), (name, value) =>
    ["$schema", "comment"].includes(name) ? undefined : value,
  );
  return { version: 1, date: catalogDate(models), models: withoutNotes };
}

/** The files of the package that hold the catalog, with its type. */
export function documentFiles() {
  return {
    "catalog.json": `${JSON.stringify(catalogDocument())}\n`,
    "catalog.d.ts":
      'import type { CatalogDocument } from "./types/index.js";\n' +
      "/** The catalog of the day on which the package was built. */\n" +
      "declare const catalog: CatalogDocument;\nexport default catalog;\n",
  };
}
