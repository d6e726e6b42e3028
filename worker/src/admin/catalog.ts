// The catalog in use: shown, replaced without a deployment, and taken back.
import { builtInModels, models } from "../api/catalog.js";
import type { Call } from "../api/context.js";
import { textOf } from "../api/request-body.js";
import { checkCatalog, forgetCatalog } from "../catalog/in-use.js";
import { CatalogError, MAX_CATALOG_BYTES, readCatalog } from "../catalog/read.js";
import type { ReadCatalog } from "../catalog/read.js";
import type { Env } from "../env.js";
import { apiError } from "../errors.js";
import { registryOf } from "../stubs.js";

const MAX_ISSUES = 100;

/** `modelCount`: the models that requests can name. `leftOut`: entries of the present document that break a rule. */
export async function catalogView(env: Env) {
  const { info, fetch } = await registryOf(env).catalogInfo();
  return {
    object: "catalog",
    source: info?.source ?? "built_in",
    version: info?.version ?? null,
    date: info ? (info.date ?? null) : newestDate(),
    modelCount: models().length,
    ownModelCount: info?.modelCount ?? 0,
    leftOut: info?.leftOut ?? [],
    storedAt: info?.storedAt ?? null,
    url: env.CATALOG_URL ? { fetchedAt: fetch?.at ?? null, error: fetch?.failure?.message ?? null } : null,
  };
}

export async function putCatalog(c: Call) {
  const { info, json } = await read(await textOf(c.req.raw, MAX_CATALOG_BYTES));
  c.set("fields", ["models"]);
  c.set("target", info.version);
  const registry = registryOf(c.env);
  await registry.putCatalog({ ...info, source: "upload", storedAt: Date.now() }, json);
  // Once it is taken back, that of CATALOG_URL is read as if for the first time.
  await registry.putCatalogFetch(undefined);
  return changed(c.env);
}

/** The catalog of CATALOG_URL comes back once it is another one, or at once if an uploaded one went before it. */
export async function deleteCatalog(c: Call) {
  await registryOf(c.env).deleteCatalog();
  return changed(c.env);
}

async function changed(env: Env) {
  forgetCatalog();
  await checkCatalog(env);
  return catalogView(env);
}

async function read(text: string): Promise<ReadCatalog> {
  try {
    return await readCatalog(text);
  } catch (error) {
    if (!(error instanceof CatalogError)) throw error;
    const issues = error.issues.slice(0, MAX_ISSUES);
    throw apiError("invalid_request_body", `${error.message} The catalog in use stays.`, { issues });
  }
}

/** The day of the built-in catalog: that of its newest document. */
export function newestDate(): string | null {
  const dates = builtInModels().flatMap(({ listings }) =>
    listings.flatMap(({ evidence, prices }) => [evidence, ...prices.map((price) => price.evidence)]),
  );
  return dates.flatMap((evidence) => evidence?.date.slice(0, 10) ?? []).sort().at(-1) ?? null;
}
