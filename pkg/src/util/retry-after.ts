/** Milliseconds that a `Retry-After` header specifies, in seconds or as an HTTP date; `undefined` if it is neither. */
export function retryAfterMs(text: string | null | undefined): number | undefined {
  if (!text) return undefined;
  if (/^\s*\d+\s*$/.test(text)) return Number(text) * 1000;
  const at = Date.parse(text);
  return Number.isNaN(at) ? undefined : at - Date.now();
}
