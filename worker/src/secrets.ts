// The gateway's secrets, as an isolate knows them.
import type { Env } from "./env.js";
import { registryOf } from "./stubs.js";
import type { Secret, Secrets } from "./types.js";

/** How long an isolate uses what it has read: a new secret signs only after that. */
const CACHE_MS = 60_000;

let cache: { secrets: Secrets; until: number } | undefined;

export async function secretsOf(env: Env): Promise<Secrets> {
  if (cache && cache.until > Date.now()) return cache.secrets;
  const secrets = await registryOf(env).secrets();
  cache = { secrets, until: Date.now() + CACHE_MS };
  return secrets;
}

/** Read again at the next use. */
export const forgetSecrets = (): void => {
  cache = undefined;
};

/** The secret to sign with: the newest that is in force. */
export function currentSecret(secrets: Secret[]): string {
  const now = Date.now();
  const current = secrets.find(({ from }) => from <= now) ?? secrets[0];
  if (!current) throw new Error("The registry has no secret.");
  return current.value;
}

/** Those to verify with, newest first. */
export function validSecrets(secrets: Secret[]): string[] {
  const now = Date.now();
  return secrets.filter(({ until = Infinity }) => until > now).map(({ value }) => value);
}
