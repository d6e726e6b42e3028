// Who calls: tokens of the API, and the admin's.
import { randomBytes, toBase64Url, toHex } from "./encoding.js";
import type { Env } from "./env.js";
import { accountOf } from "./stubs.js";
import type { Refusal, TokenFacts } from "./types.js";

/** How long an isolate takes a token for good without asking its account. */
const TRUSTED_MS = 10_000;
const MOST_TRUSTED = 1000;
const SHORTEST_ADMIN_TOKEN = 32;

/** By hash. Only tokens that exist: guesses do not push them out. */
const trusted = new Map<string, { facts: TokenFacts; until: number }>();

export type Authenticated =
  | { token: TokenFacts; error?: never }
  | { error: Refusal; token?: never };

/** The token of an `Authorization` header. Revoked ones are refused within ten seconds. */
export async function authenticate(
  env: Env,
  authorization: string | null | undefined,
): Promise<Authenticated> {
  const token = bearer(authorization);
  if (token === undefined || !/^fgw_[\w-]{43}$/.test(token)) return { error: INVALID };
  const hash = await hashToken(token);
  const facts = trustedFacts(hash) ?? (await factsOf(env, hash));
  return facts ? { token: facts } : { error: INVALID };
}

/** Whether it is the admin's header. Nobody is where no token is set, or one that is too short. */
export async function isAdmin(env: Env, authorization: string | null | undefined): Promise<boolean> {
  const expected = env.ADMIN_TOKEN ?? "";
  const given = bearer(authorization);
  if (expected.length < SHORTEST_ADMIN_TOKEN || given === undefined) return false;
  // Of equal length whatever was given, so that the comparison takes equally long.
  return crypto.subtle.timingSafeEqual(await sha256(given), await sha256(expected));
}

/** A new token: 32 random bytes. */
export const newToken = (): string => `fgw_${toBase64Url(randomBytes(32))}`;

export const hashToken = async (token: string): Promise<string> => toHex(await sha256(token));

function trustedFacts(hash: string): TokenFacts | undefined {
  const entry = trusted.get(hash);
  return entry && entry.until > Date.now() ? entry.facts : undefined;
}

async function factsOf(env: Env, hash: string): Promise<TokenFacts | undefined> {
  const facts = await accountOf(env, hash).facts();
  trusted.delete(hash);
  if (!facts || facts.revokedAt !== undefined) return undefined;
  const [oldest] = trusted.keys();
  if (oldest !== undefined && trusted.size >= MOST_TRUSTED) trusted.delete(oldest);
  trusted.set(hash, { facts, until: Date.now() + TRUSTED_MS });
  return facts;
}

const bearer = (authorization: string | null | undefined): string | undefined =>
  /^Bearer +(\S+)$/i.exec(authorization ?? "")?.[1];

const sha256 = async (text: string): Promise<Uint8Array> =>
  new Uint8Array(await crypto.subtle.digest("SHA-256", new TextEncoder().encode(text)));

const INVALID: Refusal = {
  status: 401,
  code: "invalid_token",
  message: "No valid token: send `Authorization: Bearer fgw_…`, as the admin gave it to you.",
};
