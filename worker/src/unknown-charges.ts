// The operator's policy for charges that stay unknown: what is assumed of them, by error code, and after which time.
import type { ChargeDecision } from "./types.js";

const UNIT_MS = { m: 60_000, h: 3_600_000, d: 86_400_000 } as const;
const ENTRY = /^([a-z_]+)=(charged|not_charged)@(\d+(?:\.\d+)?)([mhd])$/;

/** What is assumed of a pending charge after that time. */
export interface Assumption {
  decision: ChargeDecision;
  afterMs: number;
}

/**
 * The policy of a text such as `content_policy_violation=not_charged@1h, submission_unknown=charged@72h`, with minutes
 * (`m`), hours (`h`) or days (`d`). `invalid` are the entries that cannot be read: their charges stay pending.
 */
export function parsePolicy(text = ""): { policy: Map<string, Assumption>; invalid: string[] } {
  const policy = new Map<string, Assumption>();
  const invalid: string[] = [];
  for (const entry of text.split(",").map((part) => part.trim()).filter(Boolean)) {
    const [, code, decision, count, unit] = ENTRY.exec(entry) ?? [];
    // Two entries of one code contradict each other.
    if (code === undefined || policy.has(code)) {
      invalid.push(entry);
      continue;
    }
    const afterMs = Number(count) * UNIT_MS[unit as keyof typeof UNIT_MS];
    policy.set(code, { decision: decision as ChargeDecision, afterMs });
  }
  return { policy, invalid };
}
