// Signed URLs of the gateway that expire.
import { fromBase64Url, toBase64Url } from "./encoding.js";
import type { Env } from "./env.js";
import { currentSecret, secretsOf, validSecrets } from "./secrets.js";

/** By secret: a rotation leaves a few. */
const keys = new Map<string, Promise<CryptoKey>>();

const HOUR = 60 * 60_000;

/**
 * Until when a URL that is signed now is valid, in milliseconds: the same for a whole hour, so that two reads return the
 * same text, and for another hour after `until`. No longer than a key that is revoked may matter.
 */
export function urlExpiry(now: number): { until: number; expiresAt: number } {
  const until = (Math.floor(now / HOUR) + 1) * HOUR;
  return { until, expiresAt: until + HOUR };
}

/** The path with `expires` (seconds since 1970, from milliseconds) and `signature` added to its query. */
export async function signedPath(env: Env, path: string, expiresAt: number): Promise<string> {
  const url = new URL(path, "http://gateway");
  url.searchParams.set("expires", String(Math.floor(expiresAt / 1000)));
  const key = await keyOf(currentSecret((await secretsOf(env)).signing));
  const signature = await crypto.subtle.sign("HMAC", key, signedBytes(url));
  url.searchParams.set("signature", toBase64Url(new Uint8Array(signature)));
  return url.pathname + url.search;
}

/** Whether the gateway signed this path and query, and they have not expired. */
export async function verifySigned(env: Env, address: string | URL): Promise<boolean> {
  const url = new URL(address);
  const expires = url.searchParams.get("expires") ?? "";
  const signature = fromBase64Url(url.searchParams.get("signature") ?? "");
  if (!signature || !/^\d{1,12}$/.test(expires) || Number(expires) * 1000 <= Date.now()) return false;
  for (const secret of validSecrets((await secretsOf(env)).signing)) {
    if (await crypto.subtle.verify("HMAC", await keyOf(secret), signature, signedBytes(url))) return true;
  }
  return false;
}

/** Path and query, including `expires`, without the signature. */
function signedBytes(url: URL): Uint8Array {
  const query = new URLSearchParams(url.search);
  query.delete("signature");
  return new TextEncoder().encode(`${url.pathname}?${query}`);
}

function keyOf(secret: string): Promise<CryptoKey> {
  const known = keys.get(secret);
  if (known) return known;
  const bytes = new TextEncoder().encode(secret);
  const key = crypto.subtle.importKey("raw", bytes, { name: "HMAC", hash: "SHA-256" }, false, ["sign", "verify"]);
  keys.set(secret, key);
  return key;
}
