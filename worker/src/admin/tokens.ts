// Makes, shows, changes and revokes tokens.
import { changed, present } from "../account/change.js";
import { refused } from "../api/errors.js";
import { hashToken, newToken } from "../auth.js";
import type { Env } from "../env.js";
import { tokenName } from "../log.js";
import { toUsd } from "../money.js";
import { publicAddress, trustedOrigins } from "../public-fetch.js";
import { accountOf, registryOf } from "../stubs.js";
import type { TokenFacts } from "../types.js";
import type { TokenChange } from "./schemas.js";

/** The only time that the token, and its webhook's secret, are told. */
export async function makeToken(env: Env, body: TokenChange & { name: string }) {
  const token = newToken();
  const hash = await hashToken(token);
  const { name } = body;
  checkWebhook(env, body);
  const facts = changed({ id: tokenName(hash), hash, name, createdAt: Date.now() }, body);
  // Listed before it opens anything: no token that works is unseen.
  await registryOf(env).put(facts);
  await accountOf(env, hash).open(facts);
  return { token, ...shown(facts), ...secretOf(facts, body) };
}

export async function changeToken(env: Env, id: string, body: TokenChange) {
  checkWebhook(env, body);
  const { hash } = await findToken(env, id);
  const facts = await accountOf(env, hash).change(body);
  if (!facts) throw noSuchToken();
  await registryOf(env).put(facts);
  return { ...shown(facts), ...secretOf(facts, body) };
}

export async function revokeToken(env: Env, id: string) {
  const found = await findToken(env, id);
  const account = accountOf(env, found.hash);
  await account.revoke(Date.now());
  const facts = (await account.facts()) ?? found;
  await registryOf(env).put(facts);
  return shown(facts);
}

export async function findToken(env: Env, id: string): Promise<TokenFacts> {
  const facts = await registryOf(env).find(id);
  if (!facts) throw noSuchToken();
  return facts;
}

/** A token as the admin sees it: no hash, no secret, dollars. */
export function shown({ id, name, createdAt, revokedAt, ...limits }: Omit<TokenFacts, "hash">) {
  const { dailyBudgetMicroUsd, monthlyBudgetMicroUsd, maxConcurrentJobs, models, webhook } = limits;
  return present({
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

/** Before it is kept, and so that the admin hears of it; each delivery checks again. */
function checkWebhook(env: Env, { webhook }: TokenChange): void {
  if (!webhook || publicAddress(webhook.url, trustedOrigins(env))) return;
  throw refused("private_url", "The webhook's address must be one that the public reaches.", {
    param: "webhook.url",
  });
}

const secretOf = (facts: TokenFacts, body: TokenChange) =>
  body.webhook && facts.webhook ? { webhookSecret: facts.webhook.secret } : {};

const noSuchToken = () => refused("not_found", "There is no such token.", { param: "token_id" });
