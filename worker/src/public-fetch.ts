// Addresses that come from outside, and are fetched: only such as the public reaches.
import { isPublicHost } from "../../pkg/dist/core/core.js";
import type { Env } from "./env.js";

/** A redirect more than this is none that leads anywhere. */
const MOST_REDIRECTS = 3;
const REDIRECTS: ReadonlySet<number> = new Set([301, 302, 303, 307, 308]);
/** Nothing was fetched: the address is one that the gateway must not reach. Does not quote it. */
export class PrivateAddress extends Error {
  override readonly name = "PrivateAddress";

  constructor() {
    super("The address is none that the public reaches: it is not fetched.");
  }
}

/** The origins that may be private: simulated providers and receivers on one's own machine. */
export function trustedOrigins(env: Pick<Env, "TRUSTED_ORIGINS">): ReadonlySet<string> {
  const listed = (env.TRUSTED_ORIGINS ?? "").split(",").map((origin) => origin.trim());
  return new Set(listed.filter(Boolean));
}

/** The address, if it may be fetched: http(s), no credentials, a public host or a trusted origin. */
export function publicAddress(address: string | URL, trusted: ReadonlySet<string>): URL | undefined {
  const url = URL.parse(address);
  if (!url || !/^https?:$/.test(url.protocol) || url.username || url.password) return undefined;
  return trusted.has(url.origin) || isPublicHost(url.hostname) ? url : undefined;
}

/**
 * A `fetch` that checks every address on its way, also those that it is sent on to. What a name resolves to is
 * the runtime's to check: `global_fetch_strictly_public`, or workerd's `network` service.
 */
export function publicFetch(
  env: Pick<Env, "TRUSTED_ORIGINS">,
  { redirects = MOST_REDIRECTS }: { redirects?: number } = {},
): typeof globalThis.fetch {
  const trusted = trustedOrigins(env);
  return async (input, init) => {
    let next = input instanceof Request ? input.url : String(input);
    for (let left = redirects; ; left--) {
      const url = publicAddress(next, trusted);
      if (!url) throw new PrivateAddress();
      const answer = await fetch(url, { ...init, redirect: "manual" });
      const onward = REDIRECTS.has(answer.status) ? answer.headers.get("location") : null;
      if (onward === null || redirects === 0) return answer;
      await answer.body?.cancel();
      if (left === 0) throw new Error("The address leads on and on.");
      next = URL.parse(onward, url)?.href ?? "";
    }
  };
}
