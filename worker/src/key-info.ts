// An API key as its admin sees it.
import { toUsd } from "./money.js";
import { withoutUndefined } from "./without-undefined.js";
import type { KeyInfo } from "./types.js";

/** No hash; amounts in dollars. */
export function publicKey(info: KeyInfo) {
  const { id, accountId, name, scopes, createdAt, expiresAt, revokedAt, lastUsedAt } = info;
  const { models, maxSpendMicroUsd, user, retentionDays, mintedBy, isUnreadable } = info;
  return {
    ...{ id, accountId, name, scopes, createdAt },
    ...withoutUndefined({
      ...{ expiresAt, revokedAt, lastUsedAt, models },
      maxSpendUsd: maxSpendMicroUsd === undefined ? undefined : toUsd(maxSpendMicroUsd),
      ...{ user, retentionDays, mintedBy, isUnreadable },
    }),
  };
}
