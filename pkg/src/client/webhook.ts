import { FilmgateError } from "../error.js";
import type { Handle, Json, ProviderId, WebhookOptions } from "../types/index.js";

/** What an address carries of ours: the provider, the job's id and its token. */
const PARAMETER = "filmgate";
const FORM = /^(runpod|runware)\.([0-9a-f-]{36})\.([0-9a-f]{64})$/i;
const HMAC = { name: "HMAC", hash: "SHA-256" };

/**
 * The address for one job's webhooks. Neither provider signs what it posts, so the address carries a token
 * that only its job has, and that tells nothing of the secret.
 */
export async function addressFor(target: WebhookOptions, job: Handle): Promise<string> {
  const key = await hmacKey(target.secret);
  const token = await crypto.subtle.sign("HMAC", key, subject(job.provider, job.id));
  const address = new URL(target.url);
  const own = `${PARAMETER}=${job.provider}.${job.id}.${toHex(token)}`;
  address.search = address.search ? `${address.search}&${own}` : own;
  return address.href;
}

/** The job that a webhook's address vouches for; throws where it vouches for none. */
export async function vouchedFor(
  url: string | URL,
  secret: string,
): Promise<{ provider: ProviderId; id: string }> {
  const own = parameterOf(url);
  const [, named = "", id = "", token = ""] = FORM.exec(own) ?? [];
  const provider = named.toLowerCase() as ProviderId;
  // It compares in a time that tells nothing, and does so too where there is no token.
  const isOurs = await crypto.subtle.verify(
    "HMAC",
    await hmacKey(secret),
    fromHex(token),
    subject(provider, id),
  );
  if (isOurs) return { provider, id };
  throw new FilmgateError({
    code: "unauthorized",
    message: "The webhook's address does not carry its job's token, so it is not believed.",
  });
}

/** A body as it was received (a text, or its bytes), or as it was parsed; `null` where it is no JSON. */
export function bodyOf(body: unknown): Json {
  const text = body instanceof Uint8Array ? new TextDecoder().decode(body) : body;
  if (typeof text !== "string") return (text ?? null) as Json;
  try {
    return JSON.parse(text) as Json;
  } catch {
    return null;
  }
}

/** A server knows the address that it was called at as a path alone. */
function parameterOf(url: string | URL): string {
  try {
    return new URL(url, "http://localhost").searchParams.get(PARAMETER) ?? "";
  } catch {
    return "";
  }
}

function subject(provider: ProviderId, key: string): Uint8Array<ArrayBuffer> {
  return new TextEncoder().encode(`${provider}:${key}`);
}

async function hmacKey(secret: string): Promise<CryptoKey> {
  if (typeof secret !== "string" || secret === "") {
    throw new TypeError("A webhook needs a secret: a long random text that nobody else knows.");
  }
  if (!globalThis.crypto?.subtle) {
    throw new TypeError("Webhook tokens need WebCrypto, which a page has only over HTTPS.");
  }
  const bytes = new TextEncoder().encode(secret);
  return crypto.subtle.importKey("raw", bytes, HMAC, false, ["sign", "verify"]);
}

function toHex(bytes: ArrayBuffer): string {
  return [...new Uint8Array(bytes)].map((byte) => byte.toString(16).padStart(2, "0")).join("");
}

function fromHex(text: string): Uint8Array<ArrayBuffer> {
  const pairs = text.match(/../g) ?? [];
  return Uint8Array.from(pairs, (pair) => Number.parseInt(pair, 16));
}
