// Schemas of the admin API's request bodies.
import * as v from "valibot";
import { models, name, retentionDays, usd, user } from "../api/fields.js";
import { SCOPES } from "../types.js";

const HOUR_MS = 60 * 60_000;
/** The last moment of the year 9999. */
const MAX_TIME_MS = 253_402_300_799_999;
const MAX_OVERLAP_HOURS = 30 * 24;
/** The longest validity of a signed URL is shorter. */
const MAX_SECRET_OVERLAP_HOURS = 48;

/** A number, also as it is typed into a form. */
const maxConcurrentJobs = v.pipe(
  v.unknown(),
  v.transform((value) => (typeof value === "string" && /^\d+$/.test(value) ? Number(value) : value)),
  v.number("must be a number, such as 3"),
  v.integer("must be an integer"),
  v.minValue(1, "must be at least 1"),
  v.maxValue(100_000, "must be at most 100000"),
);

const webhook = v.strictObject({
  url: v.pipe(v.string("must be a URL"), v.maxLength(2000), v.url("must be a URL")),
});

/** A time; parsed to milliseconds. */
const time = v.pipe(
  v.union([v.number(), v.string()], "must be a time, such as 2027-01-31T12:00:00Z"),
  v.transform((value) => (typeof value === "number" ? value : Date.parse(value))),
  v.integer("must be a time, such as 2027-01-31T12:00:00Z, or milliseconds since 1970"),
  v.check((at) => at > Date.now(), "must be in the future"),
  v.maxValue(MAX_TIME_MS, "must be before the year 10000"),
);

/** `mint` stands alone: a key that creates keys does nothing else. */
const scopes = v.pipe(
  v.array(v.picklist(SCOPES, `must be one of ${SCOPES.join(", ")}`), "must be a list of scopes"),
  v.minLength(1, "must contain a scope"),
  v.check((list) => new Set(list).size === list.length, "must not repeat a scope"),
  v.check((list) => !list.includes("mint") || list.length === 1, "must not combine `mint` with other scopes"),
);

/** Parsed to milliseconds. */
const hours = (max: number) =>
  v.pipe(
    v.number("must be a number of hours"),
    v.minValue(0, "must be at least 0"),
    v.maxValue(max, `must be at most ${max}`),
    v.transform((count) => Math.round(count * HOUR_MS)),
  );

/** `null` removes a limit. */
const limits = {
  dailyBudgetUsd: v.nullish(usd),
  monthlyBudgetUsd: v.nullish(usd),
  maxConcurrentJobs: v.nullish(maxConcurrentJobs),
  models: v.nullish(models),
  webhook: v.nullish(webhook),
  retentionDays: v.nullish(retentionDays),
};

/** Besides what an account has, too. */
const keyFields = {
  scopes: v.optional(scopes),
  expiresAt: v.nullish(time),
  maxSpendUsd: v.nullish(usd),
};

export const NewAccount = v.strictObject({ name, ...limits });
export const AccountUpdate = v.strictObject({ name: v.optional(name), ...limits });

/** Of a key, and of an account alike. */
const shared = { models: limits.models, retentionDays: limits.retentionDays };

export const NewKey = v.strictObject({ name, ...keyFields, ...shared, user: v.optional(user) });
export const KeyUpdate = v.strictObject({ name: v.optional(name), ...keyFields, ...shared });
/** The limits are the account's. */
export const NewAccountWithKey = v.strictObject({ name, ...limits, ...keyFields, user: v.optional(user) });

export const KeyRotationBody = v.strictObject({
  overlapHours: v.optional(hours(MAX_OVERLAP_HOURS)),
  expiresAt: v.nullish(time),
});
export const SecretRotationBody = v.strictObject({ overlapHours: v.optional(hours(MAX_SECRET_OVERLAP_HOURS)) });

/** `costUsd: null`: not charged. `accountId` is the account of a video that was deleted. */
export const ManualReconciliation = v.strictObject({
  costUsd: v.nullable(usd),
  accountId: v.optional(v.string("must be the id of an account, such as acct_0123456789ab")),
});

/** A time in the past, also as a date. */
const pastTime = v.pipe(
  v.union([v.number(), v.string()], "must be milliseconds since 1970, or a date such as 2026-11-29"),
  v.transform((value) => new Date(value).getTime()),
  v.number("must be milliseconds since 1970, or a date such as 2026-11-29"),
);

/** Which pending charges, and what the admin says of them. An empty filter names all. */
export const BulkReconciliation = v.strictObject({
  decision: v.picklist(["charged", "not_charged"], "must be `charged` or `not_charged`"),
  filter: v.strictObject({
    account: v.optional(v.string("must be the id of an account")),
    code: v.optional(v.string("must be an error code, such as content_policy_violation")),
    reason: v.optional(
      v.picklist(["submission_unknown", "charge_unknown"], "must be `submission_unknown` or `charge_unknown`"),
    ),
    provider: v.optional(v.picklist(["runpod", "runware"], "must be `runpod` or `runware`")),
    before: v.optional(pastTime),
    pendingBefore: v.optional(pastTime),
  }),
  dryRun: v.optional(v.boolean("must be true or false"), false),
  after: v.optional(v.string("must be `next` of a response")),
});
