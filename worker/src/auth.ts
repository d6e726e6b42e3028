// Authenticates API keys and the admin token.
import { toHex } from "../../pkg/dist/util/encoding.js";
import { randomBytes, toBase64Url } from "./encoding.js";
import type { Env } from "./env.js";
import { accountOf } from "./stubs.js";
import type { ApiErrorDetails, ApiKeyInfo } from "./types.js";

/** How long an isolate accepts an API key without reading its account again. */
const CACHE_MS = 10_000;
const MAX_CACHED = 1000;
const MIN_ADMIN_TOKEN_LENGTH = 32;

/** By hash. Only keys that exist, so guesses evict nothing. */
const cache = new Map<string, { info: ApiKeyInfo; until: number }>();

export type Authenticated =
  | { key: ApiKeyInfo; error?: never }
  | { error: ApiErrorDetails; key?: never };

/** The API key of an `Authorization` header. A revoked key is rejected within ten seconds. */
export async function authenticate(
  env: Env,
  authorization: string | null | undefined,
): Promise<Authenticated> {
  const key = bearer(authorization);
  if (key === undefined || !/^fgw_[\w-]{43}$/.test(key)) return { error: INVALID };
  const hash = await hashKey(key);
  const info = cachedInfo(hash) ?? (await fetchInfo(env, hash));
  return info ? { key: info } : { error: INVALID };
}

/** Whether this is the admin token. Always false if ADMIN_TOKEN is unset or shorter than 32 characters. */
export async function isAdmin(env: Env, authorization: string | null | undefined): Promise<boolean> {
  const expected = env.ADMIN_TOKEN ?? "";
  const given = bearer(authorization);
  if (expected.length < MIN_ADMIN_TOKEN_LENGTH || given === undefined) return false;
  // Hashes have equal lengths, so the comparison takes the same time for every input.
  return crypto.subtle.timingSafeEqual(await sha256(given), await sha256(expected));
}

/** A new API key: 32 random bytes. */
export const generateKey = (): string => `fgw_${toBase64Url(randomBytes(32))}`;

export const hashKey = async (key: string): Promise<string> => toHex(await sha256(key));

function cachedInfo(hash: string): ApiKeyInfo | undefined {
  const entry = cache.get(hash);
  return entry && entry.until > Date.now() ? entry.info : undefined;
}

async function fetchInfo(env: Env, hash: string): Promise<ApiKeyInfo | undefined> {
  const info = await accountOf(env, hash).info();
  cache.delete(hash);
  if (!info || info.revokedAt !== undefined) return undefined;
  const [oldest] = cache.keys();
  if (oldest !== undefined && cache.size >= MAX_CACHED) cache.delete(oldest);
  cache.set(hash, { info, until: Date.now() + CACHE_MS });
  return info;
}

const bearer = (authorization: string | null | undefined): string | undefined =>
  /^Bearer +(\S+)$/i.exec(authorization ?? "")?.[1];

const sha256 = async (text: string): Promise<Uint8Array> =>
  new Uint8Array(await crypto.subtle.digest("SHA-256", new TextEncoder().encode(text)));

const INVALID: ApiErrorDetails = {
  status: 401,
  code: "invalid_token",
  message: "Missing or invalid API key. Send `Authorization: Bearer fgw_…` with a key from your admin.",
};
