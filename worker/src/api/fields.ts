// Fields that the bodies of several routes share, as schemas.
import * as v from "valibot";
import { parseUsd } from "../money.js";
import { models as catalog } from "./catalog.js";

/** A model that the catalog does not have, by its provider's own id. */
const OWN_MODEL = /^(runpod|runware):./;

/** Dollars; parsed to micro-dollars. */
export const usd = v.pipe(
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

export const name = v.pipe(
  v.string("must be a text"),
  v.trim(),
  v.minLength(1, "must not be empty"),
  v.maxLength(100, "must have at most 100 characters"),
);

const isModel = (id: string) => OWN_MODEL.test(id) || catalog().some((model) => model.id === id);

export const models = v.pipe(
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

/** An opaque name of a user of the caller's own. */
export const user = v.pipe(
  v.string("must be a text"),
  v.regex(/^[^\p{Cc}]+$/u, "must not be empty or contain control characters"),
  v.maxLength(64, "must have at most 64 characters"),
);

const MAX_RETENTION_DAYS = 3650;

export const retentionDays = v.pipe(
  v.number("must be a number of days"),
  v.integer("must be an integer"),
  v.minValue(1, "must be at least 1"),
  v.maxValue(MAX_RETENTION_DAYS, `must be at most ${MAX_RETENTION_DAYS}`),
);
