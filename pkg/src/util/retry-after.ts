/**
 * Milliseconds that a `Retry-After` header specifies, in seconds or as an HTTP date; `undefined` if it is neither. Some
 * servers send fractions of seconds. Two headers are joined by a comma, and the longer wait counts.
 */
export function retryAfterMs(text: string | null | undefined): number | undefined {
  if (!text) return undefined;
  if (/^\s*\d+(\.\d+)?\s*(,\s*\d+(\.\d+)?\s*)*$/.test(text)) return Math.max(...text.split(",").map(Number)) * 1000;
  // `Date.parse` takes "-5" for a month.
  if (!/[a-z]{3}|\d{4}-\d/i.test(text)) return undefined;
  const at = Date.parse(text);
  return Number.isNaN(at) ? undefined : at - Date.now();
}

/** A larger number of seconds is a time since 1970. */
const MAX_DELTA_SECONDS = 1e9;

/**
 * The wait that a response asks for, as the text of a `Retry-After` header; `null` if it asks for none. HTTP 429 may
 * name it in the fields of the IETF's draft `draft-ietf-httpapi-ratelimit-headers` instead. `headers` may be anything
 * that a custom `fetch` returns. Never throws.
 */
export function retryAfterOf(status: number, headers: unknown): string | null {
  const field = (name: string) => {
    try {
      const value: unknown = (headers as Headers | undefined)?.get?.(name);
      return typeof value === "string" ? value : null;
    } catch {
      return null;
    }
  };
  const retryAfter = field("retry-after");
  if (retryAfter !== null || status !== 429) return retryAfter;
  const seconds = exhaustedFor(field("ratelimit"), field("ratelimit-policy")) ?? secondsOf(field("ratelimit-reset"));
  return seconds === undefined ? null : String(seconds);
}

/**
 * Seconds until every exhausted limit is reset: `"burst";r=0;t=30` (draft 8 and later) or `limit=9, remaining=0,
 * reset=30` (draft 7). The time of a limit may be missing; then its window in the policy, `"burst";q=9;w=60`, counts.
 */
function exhaustedFor(limits: string | null, policies: string | null): number | undefined {
  if (!limits) return undefined;
  if (/\breset=/i.test(limits)) return secondsOf(/\breset="?(\d+)/i.exec(limits)?.[1]);
  const waits = limits.split(",").flatMap((limit) => {
    const remaining = /;\s*r=(\d+)/i.exec(limit)?.[1];
    if (remaining !== undefined && Number(remaining) > 0) return [];
    const name = limit.split(";")[0]?.trim();
    const policy = policies?.split(",").find((one) => one.split(";")[0]?.trim() === name);
    const seconds = secondsOf(/;\s*t=(\d+)/i.exec(limit)?.[1] ?? /;\s*w=(\d+)/i.exec(policy ?? "")?.[1]);
    return seconds === undefined ? [] : [seconds];
  });
  return waits.length > 0 ? Math.max(...waits) : undefined;
}

function secondsOf(text: string | null | undefined): number | undefined {
  if (!text || !/^\s*\d+\s*$/.test(text)) return undefined;
  const seconds = Number(text);
  return seconds > MAX_DELTA_SECONDS ? Math.max(Math.ceil(seconds - Date.now() / 1000), 0) : seconds;
}
