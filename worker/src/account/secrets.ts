// Random secrets and their rotation: rules without storage or clock.
import { randomBytes, toBase64Url } from "../encoding.js";
import type { Secret, Secrets } from "../types.js";

/** A new secret signs this long after it was created: every isolate has read it by then. */
const ANNOUNCED_MS = 2 * 60_000;

export const newSecrets = (): Secrets => ({ webhook: [created(0)], signing: [created(0)] });

/**
 * With new secrets, and an end for the present ones. Without an overlap the new ones sign at once: isolates that have
 * not read them yet reject their signatures for up to a minute.
 */
export function rotated({ webhook, signing }: Secrets, overlapMs: number, now: number): Secrets {
  const from = now + Math.min(overlapMs, ANNOUNCED_MS);
  const until = now + overlapMs;
  const replace = (list: Secret[]) => [
    created(from),
    ...list.map((secret) => ({ ...secret, until: Math.min(secret.until ?? Infinity, until) })),
  ];
  return withoutExpired({ webhook: replace(webhook), signing: replace(signing), rotatedAt: now }, now);
}

export function withoutExpired({ webhook, signing, ...rest }: Secrets, now: number): Secrets {
  const valid = (list: Secret[]) => list.filter(({ until = Infinity }) => until > now);
  return { ...rest, webhook: valid(webhook), signing: valid(signing) };
}

const created = (from: number): Secret => ({ value: toBase64Url(randomBytes(32)), from });
