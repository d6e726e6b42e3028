// Applies an admin's change to an API key.
import { toBase64 } from "../../../pkg/dist/util/encoding.js";
import { randomBytes } from "../encoding.js";
import type { ApiKeyInfo, KeyChange } from "../types.js";

/** Each new webhook URL gets a new secret. */
export function applyChange(info: ApiKeyInfo, change: KeyChange): ApiKeyInfo {
  const { dailyBudgetMicroUsd, monthlyBudgetMicroUsd, maxConcurrentJobs, models, webhook, ...rest } = info;
  const limits = withoutUndefined({
    dailyBudgetMicroUsd: merged(change.dailyBudgetUsd, dailyBudgetMicroUsd),
    monthlyBudgetMicroUsd: merged(change.monthlyBudgetUsd, monthlyBudgetMicroUsd),
    maxConcurrentJobs: merged(change.maxConcurrentJobs, maxConcurrentJobs),
    models: merged(change.models, models),
    webhook: merged(change.webhook && { url: change.webhook.url, secret: newSecret() }, webhook),
  });
  return { ...rest, name: change.name ?? info.name, ...limits };
}

/** An absent field stays, and `null` removes it. */
const merged = <T>(change: T | null | undefined, current: T | undefined): T | undefined =>
  change === null ? undefined : (change ?? current);

type Present<T> = { [K in keyof T]?: Exclude<T[K], undefined> };

export const withoutUndefined = <T extends object>(fields: T): Present<T> =>
  Object.fromEntries(Object.entries(fields).filter(([, value]) => value !== undefined)) as Present<T>;

const newSecret = (): string => `whsec_${toBase64(randomBytes(32))}`;
