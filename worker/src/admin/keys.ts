// Creates, lists, updates and revokes API keys.
import { applyChange, withoutUndefined } from "../account/change.js";
import { generateKey, hashKey } from "../auth.js";
import type { Env } from "../env.js";
import { apiError } from "../errors.js";
import { keyIdOf } from "../log.js";
import { toUsd } from "../money.js";
import { publicUrl, trustedOrigins } from "../public-fetch.js";
import { accountOf, registryOf } from "../stubs.js";
import type { ApiKeyInfo, KeyChange } from "../types.js";

/** The only response that has the key and the secret of its webhook. */
export async function createKey(env: Env, body: KeyChange & { name: string }) {
  const key = generateKey();
  const hash = await hashKey(key);
  const { name } = body;
  checkWebhook(env, body);
  const info = applyChange({ id: keyIdOf(hash), hash, name, createdAt: Date.now() }, body);
  // Listed before it grants access: every working key is visible.
  await registryOf(env).put(info);
  await accountOf(env, hash).open(info);
  return { key, ...toPublic(info), ...newSecretOf(info, body) };
}

export async function updateKey(env: Env, id: string, body: KeyChange) {
  checkWebhook(env, body);
  const { hash } = await findKey(env, id);
  const info = await accountOf(env, hash).change(body);
  if (!info) throw keyNotFound();
  await registryOf(env).put(info);
  return { ...toPublic(info), ...newSecretOf(info, body) };
}

export async function revokeKey(env: Env, id: string) {
  const found = await findKey(env, id);
  const account = accountOf(env, found.hash);
  await account.revoke(Date.now());
  const info = (await account.info()) ?? found;
  await registryOf(env).put(info);
  return toPublic(info);
}

export async function findKey(env: Env, id: string): Promise<ApiKeyInfo> {
  const info = await registryOf(env).find(id);
  if (!info) throw keyNotFound();
  return info;
}

/** A key as the admin sees it: no hash, no secret, amounts in dollars. */
export function toPublic({ id, name, createdAt, revokedAt, ...limits }: Omit<ApiKeyInfo, "hash">) {
  const { dailyBudgetMicroUsd, monthlyBudgetMicroUsd, maxConcurrentJobs, models, webhook } = limits;
  return withoutUndefined({
    id,
    name,
    createdAt,
    revokedAt,
    dailyBudgetUsd: dailyBudgetMicroUsd === undefined ? undefined : toUsd(dailyBudgetMicroUsd),
    monthlyBudgetUsd: monthlyBudgetMicroUsd === undefined ? undefined : toUsd(monthlyBudgetMicroUsd),
    maxConcurrentJobs,
    models,
    webhook: webhook && { url: webhook.url },
  });
}

/** Before it is stored, so that the admin sees the error; each delivery checks again. */
function checkWebhook(env: Env, { webhook }: KeyChange): void {
  if (!webhook || publicUrl(webhook.url, trustedOrigins(env))) return;
  throw apiError("private_url", "The webhook's URL must be public.", { param: "webhook.url" });
}

const newSecretOf = (info: ApiKeyInfo, body: KeyChange) =>
  body.webhook && info.webhook ? { webhookSecret: info.webhook.secret } : {};

const keyNotFound = () => apiError("not_found", "No such API key.", { param: "key_id" });
