import { FilmgateError } from "../error.js";
import type { Json, ProviderId, WebhookOptions } from "../types/index.js";
import { fromHex, toHex } from "../util/encoding.js";
import { bytesOf } from "../util/images.js";
import { invalidOption } from "../util/options.js";

/** The query parameter that holds the provider, the job's id and its token. */
const PARAMETER = "filmgate";
const FORMAT = /^(runpod|runware)\.([0-9a-f-]{36})\.([0-9a-f]{64})$/i;
const HMAC = { name: "HMAC", hash: "SHA-256" };

/**
 * The webhook URL of one job. Neither provider signs its webhooks, so the URL carries a token of the job: an HMAC that
 * does not reveal the secret.
 */
export async function signedWebhookUrl(
  { url: receiver, secret }: WebhookOptions,
  provider: ProviderId,
  id: string,
): Promise<string> {
  const key = await hmacKey(secret);
  const token = await crypto.subtle.sign("HMAC", key, messageOf(provider, id));
  const url = new URL(receiver);
  const parameter = `${PARAMETER}=${provider}.${id}.${toHex(new Uint8Array(token))}`;
  url.search = url.search ? `${url.search}&${parameter}` : parameter;
  return url.href;
}

/** The job that the URL of a webhook identifies. Throws `unauthorized` if its token is missing or wrong. */
export async function verifyWebhookUrl(
  url: string | URL,
  secret: string,
): Promise<{ provider: ProviderId; id: string }> {
  const [, name = "", id = "", token = ""] = FORMAT.exec(parameterOf(url)) ?? [];
  const provider = name.toLowerCase() as ProviderId;
  // Constant-time, and also done without a token.
  const isValid = await crypto.subtle.verify(
    "HMAC",
    await hmacKey(secret),
    fromHex(token),
    messageOf(provider, id),
  );
  if (isValid) return { provider, id };
  throw new FilmgateError({
    code: "unauthorized",
    message: "The webhook URL does not carry the token of its job. The webhook was rejected.",
  });
}

/** The body as JSON. It may be text, bytes, or already parsed. `null` if it is not JSON. */
export function parseBody(body: unknown): Json {
  const bytes = bytesOf(body);
  const text = bytes ? new TextDecoder().decode(bytes) : body;
  if (typeof text !== "string") return (text ?? null) as Json;
  try {
    return JSON.parse(text) as Json;
  } catch {
    return null;
  }
}

/** A server may know the requested URL as a path only. */
function parameterOf(url: string | URL): string {
  try {
    return new URL(url, "http://localhost").searchParams.get(PARAMETER) ?? "";
  } catch {
    return "";
  }
}

function messageOf(provider: ProviderId, id: string): Uint8Array<ArrayBuffer> {
  return new TextEncoder().encode(`${provider}:${id}`);
}

async function hmacKey(secret: string): Promise<CryptoKey> {
  if (typeof secret !== "string" || secret === "") {
    throw invalidOption("secret", "invalid_type", "`secret` must be a non-empty string. Use a long random text.");
  }
  if (!globalThis.crypto?.subtle) {
    throw invalidOption("webhook", "unsupported", "Webhook tokens require WebCrypto. A page has it over HTTPS only.");
  }
  const bytes = new TextEncoder().encode(secret);
  return crypto.subtle.importKey("raw", bytes, HMAC, false, ["sign", "verify"]);
}
