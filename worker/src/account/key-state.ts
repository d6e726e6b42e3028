// Whether an API key is accepted: rules without storage or clock.
import type { AccountInfo, KeyInfo, KeyState } from "../types.js";

/** `minter`: the key that minted it, if it was minted. What is gone counts as revoked, and so does the scope to mint it. */
export function stateOf(
  { closedAt }: AccountInfo,
  { revokedAt, expiresAt, mintedBy }: KeyInfo,
  minter: KeyInfo | undefined,
  now: number,
): KeyState {
  if (closedAt !== undefined) return "closed";
  const isOrphan = mintedBy !== undefined && (minter?.revokedAt !== undefined || !minter?.scopes.includes("mint"));
  if (revokedAt !== undefined || isOrphan) return "revoked";
  const end = Math.min(expiresAt ?? Infinity, minter?.expiresAt ?? Infinity);
  return end <= now ? "expired" : "active";
}

/** Whose spending limits apply: its own, and that of the key that minted it. */
export const spendIdOf = ({ id, spendId }: KeyInfo): string => spendId ?? id;
