// Authenticates API keys and the admin token.
import type { Env } from "./env.js";
import { addFailure, addressOf, blockedSeconds } from "./guesses.js";
import { hasChecksum, parseKey, sha256 } from "./key-text.js";
import { accountOf } from "./stubs.js";
import type { ApiErrorDetails, Caller, KeyState, Scope } from "./types.js";

/** How long an isolate accepts an API key for reads without asking its account again. */
const CACHE_MS = 10_000;
const MAX_CACHED = 1000;
export const MIN_ADMIN_TOKEN_LENGTH = 32;

/** By hash. Only keys that exist, so guesses evict nothing. */
const cache = new Map<string, { caller: Caller; until: number }>();

export type Authenticated = (Caller & { error?: never }) | { key?: never; account?: never; error: ApiErrorDetails };

/** The API key of a request, and its account. A key that is revoked reads for ten seconds at most, and changes nothing. */
export async function authenticate(env: Env, headers: Headers, scope: Scope): Promise<Authenticated> {
  const text = bearer(headers);
  const given = text === undefined ? undefined : await parseKey(text);
  const entry = given && cache.get(given.hash);
  if (scope === "read" && entry && entry.until > Date.now()) return withScope(entry.caller, scope);
  const address = addressOf(headers);
  const seconds = blockedSeconds(env, address);
  // A key that this isolate knows is no guess.
  if (seconds !== undefined && !entry) return { error: tooManyGuesses(seconds) };
  if (text === undefined) return { error: INVALID };
  const isKey = given !== undefined && (await hasChecksum(text));
  const found = isKey ? await accountOf(env, given.accountId).authenticate(given.hash) : undefined;
  if (!given || !found) {
    await addFailure(env, address);
    return { error: INVALID };
  }
  cache.delete(given.hash);
  const { state, key, account } = found;
  if (state !== "active") return { error: rejected(state) };
  const [oldest] = cache.keys();
  if (oldest !== undefined && cache.size >= MAX_CACHED) cache.delete(oldest);
  cache.set(given.hash, {
    caller: { key, account },
    until: Math.min(Date.now() + CACHE_MS, key.expiresAt ?? Infinity),
  });
  return withScope({ key, account }, scope);
}

/** Who may use the admin API: the admin token, or an API key of the scope `admin`. */
export async function authenticateAdmin(
  env: Env,
  headers: Headers,
): Promise<{ actor: string; error?: never } | { actor?: never; error: ApiErrorDetails }> {
  const given = bearer(headers);
  if (given?.startsWith("fgw_")) {
    const caller = await authenticate(env, headers, "admin");
    return caller.error ? { error: caller.error } : { actor: caller.key.id };
  }
  const address = addressOf(headers);
  const seconds = blockedSeconds(env, address);
  if (seconds !== undefined) return { error: tooManyGuesses(seconds) };
  if (given !== undefined && (await isAdminToken(env, given))) return { actor: "admin_token" };
  if (given !== undefined) await addFailure(env, address);
  return { error: NOT_ADMIN };
}

/** Always false if ADMIN_TOKEN is unset or shorter than 32 characters. */
async function isAdminToken(env: Env, given: string): Promise<boolean> {
  const expected = env.ADMIN_TOKEN ?? "";
  if (expected.length < MIN_ADMIN_TOKEN_LENGTH) return false;
  // Hashes have equal lengths, so the comparison takes the same time for every input.
  return crypto.subtle.timingSafeEqual(await sha256(given), await sha256(expected));
}

const withScope = (caller: Caller, scope: Scope): Authenticated =>
  caller.key.scopes.includes(scope) ? caller : { error: insufficientScope(scope) };

const bearer = (headers: Headers): string | undefined =>
  /^Bearer +(\S+)$/i.exec(headers.get("authorization") ?? "")?.[1];

const INVALID: ApiErrorDetails = {
  status: 401,
  code: "invalid_token",
  message: "Missing or invalid API key. Send `Authorization: Bearer fgw_…` with a key from your admin.",
};

const NOT_ADMIN: ApiErrorDetails = {
  status: 401,
  code: "invalid_token",
  message: "This needs the admin token. Send `Authorization: Bearer <ADMIN_TOKEN>`.",
};

/** A client that sends it has the key itself, so this tells nothing to others. */
const rejected = (state: Exclude<KeyState, "active">): ApiErrorDetails => ({
  ...INVALID,
  message: {
    revoked: "This API key was revoked. Ask your admin for a new one.",
    expired: "This API key has expired. Ask your admin for a new one.",
    closed: "The account of this API key is closed.",
  }[state],
});

const insufficientScope = (scope: Scope): ApiErrorDetails => ({
  status: 403,
  code: "insufficient_scope",
  message: `This needs an API key with the scope \`${scope}\`. Ask your admin for one.`,
});

const tooManyGuesses = (retryAfterSeconds: number): ApiErrorDetails => ({
  status: 429,
  code: "rate_limited",
  message: "Too many invalid API keys from this address. Correct the key, then retry later.",
  retryAfterSeconds,
});
