// Signed URLs of the gateway that expire.
import { fromBase64Url, toBase64Url } from "./encoding.js";
import type { Env } from "./env.js";
import { registryOf } from "./stubs.js";

/** The same for every isolate; read once per isolate. */
let key: CryptoKey | undefined;

/** The path with `expires` (seconds since 1970, from milliseconds) and `signature` added to its query. */
export async function signedPath(env: Env, path: string, expiresAt: number): Promise<string> {
  const url = new URL(path, "http://gateway");
  url.searchParams.set("expires", String(Math.floor(expiresAt / 1000)));
  const signature = await crypto.subtle.sign("HMAC", await signingKey(env), signedBytes(url));
  url.searchParams.set("signature", toBase64Url(new Uint8Array(signature)));
  return url.pathname + url.search;
}

/** Whether the gateway signed this path and query, and they have not expired. */
export async function verifySigned(env: Env, address: string | URL): Promise<boolean> {
  const url = new URL(address);
  const expires = url.searchParams.get("expires") ?? "";
  const signature = fromBase64Url(url.searchParams.get("signature") ?? "");
  if (!signature || !/^\d{1,12}$/.test(expires) || Number(expires) * 1000 <= Date.now()) return false;
  return crypto.subtle.verify("HMAC", await signingKey(env), signature, signedBytes(url));
}

/** Path and query, including `expires`, without the signature. */
function signedBytes(url: URL): Uint8Array {
  const query = new URLSearchParams(url.search);
  query.delete("signature");
  return new TextEncoder().encode(`${url.pathname}?${query}`);
}

async function signingKey(env: Env): Promise<CryptoKey> {
  if (key) return key;
  const { signing } = await registryOf(env).secrets();
  const algorithm = { name: "HMAC", hash: "SHA-256" };
  const bytes = new TextEncoder().encode(signing);
  key = await crypto.subtle.importKey("raw", bytes, algorithm, false, ["sign", "verify"]);
  return key;
}
