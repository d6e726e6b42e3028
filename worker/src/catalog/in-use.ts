// The catalog that an isolate uses: the built-in one, or one that an operator has put in its place.
import { CustomModels, FilmgateError } from "filmgate/gateway-server";
import type { ListingRef, Model } from "filmgate";
import type { Env } from "../env.js";
import { errorCode } from "../errors.js";
import { log } from "../log.js";
import { registryOf } from "../stubs.js";
import type { GivenCatalog, JobCatalog } from "../types.js";
import { modelsOf, readCatalog, withModels } from "./read.js";

/** Every isolate uses a new catalog after that. */
const CHECK_MS = 30_000;

export interface CatalogInUse {
  /** Absent: the built-in one. */
  version?: string;
  given?: GivenCatalog;
  /** For all clients of the isolate, so that it is read once. */
  models?: CustomModels;
}

let current: CatalogInUse = {};
let checkedAt: number | undefined;

export const catalogInUse = (): CatalogInUse => current;

/** Looks for another catalog, unless it has just done so. If that fails, the last one stays in use. */
export async function checkCatalog(env: Env): Promise<void> {
  if (checkedAt !== undefined && Date.now() - checkedAt < CHECK_MS) return;
  const isFirst = checkedAt === undefined;
  // Until the answer is there, other requests use the last one: a new catalog is not read once for each of them.
  if (!isFirst) checkedAt = Date.now();
  try {
    const { version, json } = await registryOf(env).catalog(current.version);
    if (version === undefined) current = {};
    else if (json) current = await opened(version, json);
  } catch (error) {
    // The prices of another catalog than the operator's must not be used.
    if (isFirst && checkedAt === undefined) throw error;
    log("error", { step: "catalog", code: errorCode(error) });
  }
  checkedAt = Date.now();
}

/** Look again before the next use. */
export const forgetCatalog = (): void => {
  if (checkedAt !== undefined) checkedAt = 0;
};

/** The definitions of these listings, if they are not built in: a job is made with them. */
export function catalogFor(listings: readonly ListingRef[]): JobCatalog | undefined {
  const { version, given } = current;
  if (version === undefined || !given) return undefined;
  const isAsked = ({ provider, providerModelId }: Model["listings"][number]) =>
    listings.some((one) => one.provider === provider && one.providerModelId === providerModelId);
  const models = (modelsOf(given) as readonly Model[]).filter((model) => model.listings.some(isAsked));
  return models.length === 0 ? undefined : { version, given: withModels(given, models) };
}

/** Catalogs of jobs that were made with another one than the isolate's, so that each is read once. */
const ofJobs = new Map<string, CustomModels>();
const MAX_OF_JOBS = 20;

/** The models of a job: those that it was made with. */
export function modelsOfJob(catalog: JobCatalog | undefined): CustomModels | undefined {
  if (!catalog) return undefined;
  const { version, given } = catalog;
  if (version === current.version) return current.models;
  const name = JSON.stringify([version, ...(modelsOf(given) as readonly Model[]).map(({ id }) => id)]);
  const known = ofJobs.get(name);
  const models = known ?? new CustomModels(given, () => {});
  // A map keeps its order: the least recently used is the first.
  if (known) ofJobs.delete(name);
  else if (ofJobs.size >= MAX_OF_JOBS) ofJobs.delete(ofJobs.keys().next().value!);
  ofJobs.set(name, models);
  return models;
}

/** What this version cannot read, as after an update or a rollback, is left out. A list would be refused as a whole. */
async function opened(version: string, json: Uint8Array, isRest = false): Promise<CatalogInUse> {
  const text = new TextDecoder().decode(json);
  const given = JSON.parse(text) as GivenCatalog;
  const models = new CustomModels(given, ({ path }) => log("error", { step: "catalog", code: path }));
  try {
    models.validated();
    return { version, given, models };
  } catch (error) {
    if (isRest || !(error instanceof FilmgateError)) throw error;
    const { info, json: rest } = await readCatalog(text);
    for (const { path } of info.leftOut) log("error", { step: "catalog", code: path });
    return opened(version, rest, true);
  }
}
