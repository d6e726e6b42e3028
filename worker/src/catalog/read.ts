// Reads a catalog from outside by the rules that apply to `createFilmgate({ models })`.
import { CustomModels, FilmgateError, toHex } from "filmgate/gateway-server";
import type { Issue } from "filmgate";
import type { CatalogInfo, GivenCatalog } from "../types.js";

/** A catalog of 500 models. The registry stores it as one value, which may have 2 MB. */
export const MAX_CATALOG_BYTES = 1_000_000;
const MAX_LEFT_OUT = 100;
const MAX_NAME_CHARS = 100;
const VERSION_DIGITS = 12;
/** The entry that an issue of a list, or of a document, is about. */
const ENTRY = /^(?:models\.)?models\.(\d+)(?:\.|$)/;

/** Nothing of the catalog can be used. */
export class CatalogError extends Error {
  override readonly name = "CatalogError";

  constructor(
    message: string,
    readonly issues: Issue[] = [],
  ) {
    super(message);
  }
}

/** The entries that break no rule, as they are stored, and those that are left out. */
export interface ReadCatalog {
  info: Omit<CatalogInfo, "source" | "storedAt">;
  json: Uint8Array;
}

/** @throws {CatalogError} if the text is no catalog, or has no entry that can be used */
export async function readCatalog(text: string): Promise<ReadCatalog> {
  const given = parse(text);
  const found = issuesOf(given);
  const general = found.filter(({ path }) => placeOf(path) === undefined);
  if (general[0]) throw new CatalogError(general[0].message, general);
  const firstIssues = new Map([...found].reverse().map((issue) => [placeOf(issue.path)!, issue]));
  const models = modelsOf(given);
  const kept = models.filter((_, at) => !firstIssues.has(at));
  if (kept.length === 0) throw new CatalogError("The catalog has no valid model.", found);
  const valid = withModels(given, kept);
  // An entry that cannot be copied hides what is wrong with the others.
  const others = firstIssues.size > 0 ? issuesOf(valid) : [];
  if (others.length > 0) throw new CatalogError("The catalog has more than one kind of invalid model.", [...found, ...others]);
  const leftOut = [...firstIssues].map(([at, { path, message }]) => ({ model: nameOf(models[at], at), path, message }));
  const json = new TextEncoder().encode(JSON.stringify(valid));
  const version = (await sha256(json)).slice(0, VERSION_DIGITS);
  const date = "date" in given ? { date: given.date } : {};
  return { info: { version, ...date, modelCount: kept.length, leftOut: leftOut.slice(0, MAX_LEFT_OUT) }, json };
}

function placeOf(path: string): number | undefined {
  const [, place] = ENTRY.exec(path) ?? [];
  return place === undefined ? undefined : Number(place);
}

export const sha256 = async (bytes: Uint8Array): Promise<string> =>
  toHex(new Uint8Array(await crypto.subtle.digest("SHA-256", bytes)));

export const modelsOf = (given: GivenCatalog): readonly unknown[] => ("models" in given ? given.models : given);

/** The same with other models. */
export const withModels = (given: GivenCatalog, models: readonly unknown[]): GivenCatalog =>
  ("models" in given ? { ...given, models } : models) as GivenCatalog;

/** A list or an object; its form is checked by the package. */
function parse(text: string): GivenCatalog {
  try {
    return Object(JSON.parse(text)) as GivenCatalog;
  } catch {
    throw new CatalogError("The catalog is not JSON.");
  }
}

function issuesOf(given: GivenCatalog): Issue[] {
  const issues: Issue[] = [];
  try {
    new CustomModels(given, (issue) => issues.push(issue)).validated();
  } catch (error) {
    if (!(error instanceof FilmgateError)) throw error;
    issues.push(...(error.issues ?? []));
  }
  return issues;
}

function nameOf(model: unknown, at: number): string {
  const { id } = Object(model) as { id?: unknown };
  return typeof id === "string" ? id.slice(0, MAX_NAME_CHARS) : `models.${at}`;
}
