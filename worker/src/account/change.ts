// What an admin's change makes of a token.
import type { TokenChange } from "../admin/schemas.js";
import { randomBytes, toBase64 } from "../encoding.js";
import type { TokenFacts } from "../types.js";

/** Each new webhook address gets a new secret. */
export function changed(facts: TokenFacts, body: TokenChange): TokenFacts {
  const { dailyBudgetMicroUsd, monthlyBudgetMicroUsd, maxConcurrentJobs, models, webhook, ...rest } = facts;
  const limits = present({
    dailyBudgetMicroUsd: next(body.dailyBudgetUsd, dailyBudgetMicroUsd),
    monthlyBudgetMicroUsd: next(body.monthlyBudgetUsd, monthlyBudgetMicroUsd),
    maxConcurrentJobs: next(body.maxConcurrentJobs, maxConcurrentJobs),
    models: next(body.models, models),
    webhook: next(body.webhook && { url: body.webhook.url, secret: newSecret() }, webhook),
  });
  return { ...rest, name: body.name ?? facts.name, ...limits };
}

/** What is not named stays, `null` lifts it. */
const next = <T>(wanted: T | null | undefined, known: T | undefined): T | undefined =>
  wanted === null ? undefined : (wanted ?? known);

type Present<T> = { [K in keyof T]?: Exclude<T[K], undefined> };

/** Without the fields that are absent. */
export const present = <T extends object>(fields: T): Present<T> =>
  Object.fromEntries(Object.entries(fields).filter(([, value]) => value !== undefined)) as Present<T>;

const newSecret = (): string => `whsec_${toBase64(randomBytes(32))}`;
