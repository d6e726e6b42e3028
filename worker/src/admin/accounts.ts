// Creates, lists, changes and closes accounts.
import { applyAccountChange } from "../account/change.js";
import type { Env } from "../env.js";
import { apiError } from "../errors.js";
import { newAccountId } from "../key-text.js";
import { toUsd } from "../money.js";
import { publicUrl, trustedOrigins } from "../public-fetch.js";
import { accountOf, registryOf } from "../stubs.js";
import { withoutUndefined } from "../without-undefined.js";
import type { AccountChange, AccountInfo } from "../types.js";

export async function createAccount(env: Env, body: AccountChange & { name: string }): Promise<AccountInfo> {
  checkWebhook(env, body);
  const { name } = body;
  const info = applyAccountChange({ id: newAccountId(), name, createdAt: Date.now() }, body);
  await registryOf(env).putAccount(info);
  await accountOf(env, info.id).open(info);
  return info;
}

export async function updateAccount(env: Env, id: string, body: AccountChange): Promise<AccountInfo> {
  checkWebhook(env, body);
  await findAccount(env, id);
  return saved(env, await accountOf(env, id).change(body));
}

/** Its keys are rejected from now on; its running jobs continue. */
export async function closeAccount(env: Env, id: string): Promise<AccountInfo> {
  await findAccount(env, id);
  return saved(env, await accountOf(env, id).close(Date.now()));
}

export async function findAccount(env: Env, id: string): Promise<AccountInfo> {
  const info = await registryOf(env).findAccount(id);
  if (!info) throw accountNotFound();
  return info;
}

/** An account as the admin sees it: no secret, amounts in dollars. */
export function toPublic({ id, name, createdAt, closedAt, webhook, isUnreadable, ...limits }: AccountInfo) {
  const { dailyBudgetMicroUsd, monthlyBudgetMicroUsd, maxConcurrentJobs, models, retentionDays } = limits;
  return withoutUndefined({
    id,
    name,
    createdAt,
    closedAt,
    dailyBudgetUsd: dailyBudgetMicroUsd === undefined ? undefined : toUsd(dailyBudgetMicroUsd),
    monthlyBudgetUsd: monthlyBudgetMicroUsd === undefined ? undefined : toUsd(monthlyBudgetMicroUsd),
    maxConcurrentJobs,
    models,
    webhook: webhook && { url: webhook.url },
    retentionDays,
    isUnreadable,
  });
}

/** The secret of a webhook that was just set: it is returned only once. */
export const newSecretOf = (info: AccountInfo, body: AccountChange) =>
  body.webhook && info.webhook ? { webhookSecret: info.webhook.secret } : {};

async function saved(env: Env, info: AccountInfo | undefined): Promise<AccountInfo> {
  if (!info) throw accountNotFound();
  await registryOf(env).putAccount(info);
  return info;
}

/** Before it is stored, so that the admin sees the error; each delivery checks again. */
function checkWebhook(env: Env, { webhook }: AccountChange): void {
  if (!webhook || publicUrl(webhook.url, trustedOrigins(env))) return;
  throw apiError("private_url", "The webhook's URL must be public.", { param: "webhook.url" });
}

const accountNotFound = () => apiError("not_found", "No such account.", { param: "account_id" });
