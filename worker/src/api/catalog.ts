// The catalog in use, read from the module once per isolate, and its routes in OpenAI's form.
import { createFilmgate } from "filmgate/gateway-server";
import type { Listing, Model, Param } from "filmgate";
import { catalogInUse } from "../catalog/in-use.js";
import type { CatalogInUse } from "../catalog/in-use.js";
import { providersOf } from "../client.js";
import { apiError } from "../errors.js";
import type { Call } from "./context.js";
import { callerOf } from "./context.js";

let cached: { of: CatalogInUse; models: readonly Model[] } | undefined;

export function models(): readonly Model[] {
  const inUse = catalogInUse();
  if (cached?.of !== inUse) {
    const { models } = inUse;
    cached = { of: inUse, models: createFilmgate(models && { models }).models() };
  }
  return cached.models;
}

let builtIn: readonly Model[] | undefined;

export const builtInModels = (): readonly Model[] => (builtIn ??= createFilmgate().models());

/** The listings of a model; none if the catalog does not have it. */
export const listingsOf = (model: unknown): Listing[] =>
  models().find(({ id }) => id === model)?.listings ?? [];

export const paramOf = (listing: Listing, field: string): Param | undefined =>
  listing.params.find((param) => param.field === field);

export async function listModels(c: Call): Promise<Response> {
  await callerOf(c, "READ_LIMITER");
  return c.json({ object: "list", data: models().map((model) => toOpenAI(c, model)) });
}

export async function retrieveModel(c: Call): Promise<Response> {
  await callerOf(c, "READ_LIMITER");
  const model = models().find(({ id }) => id === c.req.param("id"));
  if (model) return c.json(toOpenAI(c, model));
  throw apiError("not_found", "No such model. `GET /v1/models` lists all.", { param: "model" });
}

function toOpenAI(c: Call, model: Model) {
  const available = providersOf(c.env);
  const providers = new Set(model.listings.map(({ provider }) => provider));
  const verified = model.listings.map(({ status }) => Date.parse(status.verifiedAt) / 1000);
  return {
    id: model.id,
    object: "model",
    // When the catalog last verified it: its release date is not documented.
    created: Math.max(0, ...verified.filter(Number.isFinite)),
    owned_by: model.creator || "unknown",
    providers: [...providers].filter((provider) => available.includes(provider)),
    filmgate: model,
  };
}
