// Creates, lists, changes, rotates and revokes API keys.
import type * as v from "valibot";
import { applyKeyChange } from "../account/change.js";
import type { Env } from "../env.js";
import { apiError } from "../errors.js";
import { publicKey } from "../key-info.js";
import { generateKey } from "../key-text.js";
import { accountOf, registryOf } from "../stubs.js";
import type { AccountChange, KeyChange, KeyInfo } from "../types.js";
import { createAccount, newSecretOf, toPublic } from "./accounts.js";
import type { KeyRotationBody } from "./schemas.js";

const DEFAULT_OVERLAP_MS = 24 * 60 * 60_000;

/** The only response that has the key. */
export async function createKey(env: Env, accountId: string, body: KeyChange & { name: string }) {
  const { text, ...hashed } = await generateKey(accountId);
  const { name } = body;
  const info = applyKeyChange({ ...hashed, name, scopes: ["create", "read"], createdAt: Date.now() }, body);
  // Listed before it grants access: every working key is visible.
  await registryOf(env).putKey(info);
  if (!(await accountOf(env, accountId).addKey(info))) {
    throw apiError("conflict", "The account is closed, so it gets no API keys. Create another account.");
  }
  return { key: text, ...publicKey(info) };
}

/** An account and its first API key, both of that name. */
export async function createAccountWithKey(env: Env, body: AccountChange & KeyChange & { name: string }) {
  const { scopes, expiresAt, maxSpendUsd, user, ...limits } = body;
  const account = await createAccount(env, limits);
  const key = await createKey(env, account.id, { name: body.name, scopes, expiresAt, maxSpendUsd, user });
  return { ...key, account: toPublic(account), ...newSecretOf(account, body) };
}

export async function updateKey(env: Env, id: string, body: KeyChange) {
  const info = await findKey(env, id);
  const param = beyondMinted(info, body);
  if (param !== undefined) {
    const message = "A minted key keeps its end and its retention, and creates and reads only. Mint or create another key.";
    throw apiError("conflict", message, { param });
  }
  return publicKey(await saved(env, await accountOf(env, info.accountId).changeKey(id, body)));
}

/** The field by which a change would make a minted key more than one. */
function beyondMinted({ mintedBy, expiresAt: end = Infinity }: KeyInfo, change: KeyChange) {
  if (mintedBy === undefined) return undefined;
  const { scopes = [], expiresAt, retentionDays } = change;
  if (retentionDays !== undefined) return "retentionDays";
  if (expiresAt === null || (expiresAt ?? 0) > end) return "expiresAt";
  return scopes.some((scope) => scope !== "create" && scope !== "read") ? "scopes" : undefined;
}

/** A new key with the old one's limits. Both work until the overlap is over. */
export async function rotateKey(
  env: Env,
  id: string,
  { overlapHours: overlapMs = DEFAULT_OVERLAP_MS, expiresAt }: v.InferOutput<typeof KeyRotationBody>,
) {
  const { accountId } = await findKey(env, id);
  const { text, accountId: _, ...hashed } = await generateKey(accountId);
  const createdAt = Date.now();
  const oldExpiresAt = createdAt + overlapMs;
  const rotated = await accountOf(env, accountId).rotateKey(id, { ...hashed, createdAt, oldExpiresAt, expiresAt });
  if (!rotated) {
    throw apiError("conflict", "Only an active API key that was not minted is rotated. Create another key.", {
      param: "key_id",
    });
  }
  const [key, old] = [await saved(env, rotated.key), await saved(env, rotated.old)];
  return { key: text, ...publicKey(key), replaces: publicKey(old) };
}

export async function revokeKey(env: Env, id: string) {
  const { accountId } = await findKey(env, id);
  return publicKey(await saved(env, await accountOf(env, accountId).revokeKey(id, Date.now())));
}

async function findKey(env: Env, id: string): Promise<KeyInfo> {
  const info = await registryOf(env).findKey(id);
  if (!info) throw keyNotFound();
  return info;
}

async function saved(env: Env, info: KeyInfo | undefined): Promise<KeyInfo> {
  if (!info) throw keyNotFound();
  await registryOf(env).putKey(info);
  return info;
}

const keyNotFound = () => apiError("not_found", "No such API key.", { param: "key_id" });
