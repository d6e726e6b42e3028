// The text of an API key: `fgw_`, its account's 12 digits, a secret, and a checksum. A text that was mistyped or guessed
// is rejected by its checksum, before any object is called.
import { toHex } from "filmgate/gateway-server";
import { randomBytes, toBase64Url } from "./encoding.js";

/** 12 hexadecimal digits, 32 random bytes and 36 bits of checksum. */
const KEY = /^(fgw_([0-9a-f]{12})[\w-]{43})([\w-]{6})$/;
const CHECKSUM_CHARS = 6;

/** An API key as it is stored: by its hash. */
export interface HashedKey {
  /** `acct_…` */
  accountId: string;
  /** Hex SHA-256 */
  hash: string;
  /** `key_…` */
  id: string;
}

export const newAccountId = (): string => `acct_${toHex(randomBytes(6))}`;

/** A new API key of an account. */
export async function generateKey(accountId: string): Promise<HashedKey & { text: string }> {
  const body = `fgw_${accountId.slice("acct_".length)}${toBase64Url(randomBytes(32))}`;
  const text = body + (await checksum(body));
  return { text, ...(await hashed(accountId, text)) };
}

/** `undefined`: the text has not the form of an API key. */
export async function parseKey(text: string): Promise<HashedKey | undefined> {
  const account = KEY.exec(text)?.[2];
  return account === undefined ? undefined : hashed(`acct_${account}`, text);
}

/** Whether the checksum is right: of a known key it is. */
export async function hasChecksum(text: string): Promise<boolean> {
  const [, body, , given] = KEY.exec(text) ?? [];
  return body !== undefined && given === (await checksum(body));
}

async function hashed(accountId: string, text: string): Promise<HashedKey> {
  const hash = toHex(await sha256(text));
  return { accountId, hash, id: `key_${hash.slice(0, 12)}` };
}

const checksum = async (body: string): Promise<string> =>
  toBase64Url(await sha256(body)).slice(0, CHECKSUM_CHARS);

export const sha256 = async (text: string): Promise<Uint8Array> =>
  new Uint8Array(await crypto.subtle.digest("SHA-256", new TextEncoder().encode(text)));
