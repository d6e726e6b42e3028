// Fetches URLs that come from outside, if they are public.
import { isPublicHost } from "filmgate/gateway-server";
import type { Env } from "./env.js";

const MAX_REDIRECTS = 3;
const REDIRECTS: ReadonlySet<number> = new Set([301, 302, 303, 307, 308]);

/** The URL is private, so nothing was fetched. The message does not quote it. */
export class PrivateUrlError extends Error {
  override readonly name = "PrivateUrlError";

  constructor() {
    super("The URL is not public, so it is not fetched.");
  }
}

/** The gateway's public origin: `PUBLIC_URL`, or the one by which it was called. A job's own may be of an earlier domain. */
export const publicOrigin = ({ PUBLIC_URL }: Env, called: string): string => (PUBLIC_URL || called).replace(/\/+$/, "");

/** The origins that may be private: simulators and receivers on this machine. */
export function trustedOrigins(env: Pick<Env, "TRUSTED_ORIGINS">): ReadonlySet<string> {
  const listed = (env.TRUSTED_ORIGINS ?? "").split(",").map((origin) => origin.trim());
  return new Set(listed.filter(Boolean));
}

/** The parsed URL, if it may be fetched: http(s), no credentials, a public host or a trusted origin. */
export function publicUrl(address: string | URL, trusted: ReadonlySet<string>): URL | undefined {
  const url = URL.parse(address);
  if (!url || !/^https?:$/.test(url.protocol) || url.username || url.password) return undefined;
  return trusted.has(url.origin) || isPublicHost(url.hostname) ? url : undefined;
}

/** Whether the URL of a source of prices may be fetched: https, or an origin that the operator trusts. */
export const isSecureUrl = (address: string | URL, trusted: ReadonlySet<string>): boolean => {
  const url = publicUrl(address, trusted);
  return url !== undefined && (url.protocol === "https:" || trusted.has(url.origin));
};

/**
 * A `fetch` that checks the URL and that of every redirect; `isSecure` takes no http. The runtime checks what a name resolves to:
 * `global_fetch_strictly_public`, or workerd's `network` service.
 */
export function publicFetch(
  env: Pick<Env, "TRUSTED_ORIGINS">,
  { redirects = MAX_REDIRECTS, isSecure = false }: { redirects?: number; isSecure?: boolean } = {},
): typeof globalThis.fetch {
  const trusted = trustedOrigins(env);
  return async (input, init) => {
    let next = input instanceof Request ? input.url : String(input);
    for (let left = redirects; ; left--) {
      const url = publicUrl(next, trusted);
      if (!url || (isSecure && !isSecureUrl(url, trusted))) throw new PrivateUrlError();
      const response = await fetch(url, { ...init, redirect: "manual" });
      const location = REDIRECTS.has(response.status) ? response.headers.get("location") : null;
      if (location === null || redirects === 0) return response;
      await response.body?.cancel();
      if (left === 0) throw new Error("Too many redirects.");
      next = URL.parse(location, url)?.href ?? "";
    }
  };
}
