// What the admin sends, checked.
import * as v from "valibot";
import { parseUsd } from "../money.js";

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

const named = v.pipe(
  v.string("must be a text"),
  v.trim(),
  v.minLength(1, "must not be empty"),
  v.maxLength(100, "must have at most 100 characters"),
);

const maxConcurrentJobs = v.pipe(
  v.number("must be a number"),
  v.integer("must be a whole number"),
  v.minValue(1, "must be at least 1"),
  v.maxValue(100_000, "must be at most 100000"),
);

const models = v.pipe(
  v.array(v.pipe(v.string(), v.maxLength(200)), "must be a list of model ids"),
  v.minLength(1, "must name a model: leave it out to allow all"),
  v.maxLength(500, "must have at most 500 entries"),
);

const webhook = v.strictObject({
  url: v.pipe(v.string("must be an address"), v.maxLength(2000), v.url("must be an address")),
});

/** A limit that is `null` is lifted. */
const limits = {
  dailyBudgetUsd: v.nullish(usd),
  monthlyBudgetUsd: v.nullish(usd),
  maxConcurrentJobs: v.nullish(maxConcurrentJobs),
  models: v.nullish(models),
  webhook: v.nullish(webhook),
};

export const NewToken = v.strictObject({ name: named, ...limits });
export const TokenChange = v.strictObject({ name: v.optional(named), ...limits });

/** `null`: nothing was billed. `token` finds the account of a video that was erased. */
export const SettleByHand = v.strictObject({
  costUsd: v.nullable(usd),
  token: v.optional(v.string("must be a token's id, such as key_0123456789ab")),
});

export type TokenChange = v.InferOutput<typeof TokenChange>;
