// Schemas of the admin API's request bodies.
import * as v from "valibot";
import { models as catalog } from "../api/catalog.js";
import { parseUsd } from "../money.js";

/** A model that the catalog does not have, by its provider's own id. */
const OWN_MODEL = /^(runpod|runware):./;

/** Dollars; parsed to micro-dollars. */
const usd = v.pipe(
  v.union([v.number(), v.string()], "must be an amount in US dollars, such as 12.5"),
  v.rawTransform(({ dataset, addIssue, NEVER }) => {
    const microUsd = parseUsd(dataset.value);
    if (microUsd !== undefined) return microUsd;
    addIssue({
      message: "must be US dollars from 0 to 999999999.999999, with at most six decimals, such as 12.5",
    });
    return NEVER;
  }),
);

const name = v.pipe(
  v.string("must be a text"),
  v.trim(),
  v.minLength(1, "must not be empty"),
  v.maxLength(100, "must have at most 100 characters"),
);

/** A number, also as it is typed into a form. */
const maxConcurrentJobs = v.pipe(
  v.unknown(),
  v.transform((value) => (typeof value === "string" && /^\d+$/.test(value) ? Number(value) : value)),
  v.number("must be a number, such as 3"),
  v.integer("must be an integer"),
  v.minValue(1, "must be at least 1"),
  v.maxValue(100_000, "must be at most 100000"),
);

const isModel = (id: string) => OWN_MODEL.test(id) || catalog().some((model) => model.id === id);

const models = v.pipe(
  v.array(
    v.pipe(
      v.string("must be the id of a model"),
      v.maxLength(200, "must have at most 200 characters"),
      v.check(isModel, ({ input }) => `is not a model: \`${input}\`. See GET /v1/models`),
    ),
    "must be a list of model ids",
  ),
  v.minLength(1, "must contain a model: leave it out to allow all"),
  v.maxLength(500, "must have at most 500 entries"),
);

const webhook = v.strictObject({
  url: v.pipe(v.string("must be a URL"), v.maxLength(2000), v.url("must be a URL")),
});

/** `null` removes a limit. */
const limits = {
  dailyBudgetUsd: v.nullish(usd),
  monthlyBudgetUsd: v.nullish(usd),
  maxConcurrentJobs: v.nullish(maxConcurrentJobs),
  models: v.nullish(models),
  webhook: v.nullish(webhook),
};

export const NewKey = v.strictObject({ name, ...limits });
export const KeyUpdate = v.strictObject({ name: v.optional(name), ...limits });

/** `costUsd: null`: not charged. `keyId` finds the account of a video that was deleted. */
export const ManualReconciliation = v.strictObject({
  costUsd: v.nullable(usd),
  keyId: v.optional(v.string("must be the id of an API key, such as key_0123456789ab")),
});
