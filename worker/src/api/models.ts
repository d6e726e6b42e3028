// The catalog in OpenAI's form, with prices and limits beside.
import type { Model } from "filmgate";
import { providersOf } from "../client.js";
import { models } from "./catalog.js";
import type { Call } from "./context.js";
import { callerOf } from "./context.js";
import { refused } from "./errors.js";

export async function listModels(c: Call): Promise<Response> {
  await callerOf(c, "READ_LIMITER");
  return c.json({ object: "list", data: models().map((model) => shown(c, model)) });
}

export async function retrieveModel(c: Call): Promise<Response> {
  await callerOf(c, "READ_LIMITER");
  const model = models().find(({ id }) => id === c.req.param("id"));
  if (model) return c.json(shown(c, model));
  throw refused("not_found", "There is no such model.", { param: "model" });
}

function shown(c: Call, model: Model) {
  const keyed = providersOf(c.env);
  const sellers = new Set(model.listings.map(({ provider }) => provider));
  const seen = model.listings.map(({ status }) => Date.parse(status.verifiedAt) / 1000);
  return {
    id: model.id,
    object: "model",
    // When the catalog last saw it sold: nobody documents when it was made.
    created: Math.max(0, ...seen.filter(Number.isFinite)),
    owned_by: model.creator || "unknown",
    providers: [...sellers].filter((provider) => keyed.includes(provider)),
    filmgate: model,
  };
}
