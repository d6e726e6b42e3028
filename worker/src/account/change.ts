// Applies an admin's change to an account or an API key.
import { toBase64 } from "filmgate/gateway-server";
import { randomBytes } from "../encoding.js";
import { withoutUndefined } from "../without-undefined.js";
import type { AccountChange, AccountInfo, KeyChange, KeyInfo } from "../types.js";

/** Each new webhook URL gets a new secret. */
export function applyAccountChange(info: AccountInfo, change: AccountChange): AccountInfo {
  const { dailyBudgetMicroUsd, monthlyBudgetMicroUsd, maxConcurrentJobs, models, webhook, retentionDays, ...rest } = info;
  const limits = withoutUndefined({
    dailyBudgetMicroUsd: merged(change.dailyBudgetUsd, dailyBudgetMicroUsd),
    monthlyBudgetMicroUsd: merged(change.monthlyBudgetUsd, monthlyBudgetMicroUsd),
    maxConcurrentJobs: merged(change.maxConcurrentJobs, maxConcurrentJobs),
    models: merged(change.models, models),
    webhook: merged(change.webhook && { url: change.webhook.url, secret: newSecret() }, webhook),
    retentionDays: merged(change.retentionDays, retentionDays),
  });
  return { ...rest, name: change.name ?? info.name, ...limits };
}

export function applyKeyChange(info: KeyInfo, change: KeyChange): KeyInfo {
  const { expiresAt, models, maxSpendMicroUsd, user, retentionDays, ...rest } = info;
  const limits = withoutUndefined({
    expiresAt: merged(change.expiresAt, expiresAt),
    models: merged(change.models, models),
    maxSpendMicroUsd: merged(change.maxSpendUsd, maxSpendMicroUsd),
    user: change.user ?? user,
    retentionDays: merged(change.retentionDays, retentionDays),
  });
  return { ...rest, name: change.name ?? info.name, scopes: change.scopes ?? info.scopes, ...limits };
}

/** An absent field stays, and `null` removes it. */
const merged = <T>(change: T | null | undefined, current: T | undefined): T | undefined =>
  change === null ? undefined : (change ?? current);

const newSecret = (): string => `whsec_${toBase64(randomBytes(32))}`;
