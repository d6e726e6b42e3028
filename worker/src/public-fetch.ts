// Fetches URLs that come from outside, if they are public.
import type { Env } from "./env.js";

const MAX_REDIRECTS = 3;
const REDIRECTS: ReadonlySet<number> = new Set([301, 302, 303, 307, 308]);
/** Names that resolve in private networks only. */
const HOME = /(^|\.)(localhost|local|internal|intranet|lan|home|corp|private|home\.arpa)$/;

/** IANA's special-purpose registry, as `[first address, bits]`: unallocated or private. */
const SPECIAL_V4: readonly (readonly [string, number])[] = [
  ["0.0.0.0", 8],
  ["10.0.0.0", 8],
  ["100.64.0.0", 10],
  ["127.0.0.0", 8],
  ["169.254.0.0", 16],
  ["172.16.0.0", 12],
  ["192.0.0.0", 24],
  ["192.0.2.0", 24],
  ["192.31.196.0", 24],
  ["192.52.193.0", 24],
  ["192.88.99.0", 24],
  ["192.168.0.0", 16],
  ["192.175.48.0", 24],
  ["198.18.0.0", 15],
  ["198.51.100.0", 24],
  ["203.0.113.0", 24],
  // Multicast and reserved.
  ["224.0.0.0", 3],
];

/** Special ranges within the allocated `2000::/3`: protocols `2001::/23`, documentation `2001:db8::/32` and `3fff::/20`, 6to4. */
const SPECIAL_V6: readonly (readonly [number, number])[] = [
  [0x20010000, 23],
  [0x20010db8, 32],
  [0x20020000, 16],
  [0x3fff0000, 20],
];

/** The URL is private, so nothing was fetched. The message does not quote it. */
export class PrivateUrlError extends Error {
  override readonly name = "PrivateUrlError";

  constructor() {
    super("The URL is not public, so it is not fetched.");
  }
}

/** The origins that may be private: simulators and receivers on this machine. */
export function trustedOrigins(env: Pick<Env, "TRUSTED_ORIGINS">): ReadonlySet<string> {
  const listed = (env.TRUSTED_ORIGINS ?? "").split(",").map((origin) => origin.trim());
  return new Set(listed.filter(Boolean));
}

/** The parsed URL, if it may be fetched: http(s), no credentials, a public host or a trusted origin. */
export function publicAddress(address: string | URL, trusted: ReadonlySet<string>): URL | undefined {
  const url = URL.parse(address);
  if (!url || !/^https?:$/.test(url.protocol) || url.username || url.password) return undefined;
  return trusted.has(url.origin) || isPublicHost(url.hostname) ? url : undefined;
}

/** Whether the host of a parsed URL may be public. Parsing has normalized IPv4 to four decimal numbers. */
export function isPublicHost(hostname: string): boolean {
  const name = hostname.replace(/^\[|\]$/g, "").replace(/\.$/, "").toLowerCase();
  return isPublicIp(name) ?? (name.includes(".") && !HOME.test(name));
}

/** Whether an IP address, as URL normalizes it, is public. `undefined` for a name. */
export function isPublicIp(host: string): boolean | undefined {
  if (host.includes(":")) return isPublicV6(host);
  if (!/^[\d.]+$/.test(host)) return undefined;
  const ip = numberOf(host);
  return !SPECIAL_V4.some(([first, bits]) => isWithin(ip, numberOf(first), bits));
}

function isPublicV6(host: string): boolean {
  // The first 32 bits decide; `::` starts after them, or stands for zeros in them.
  const [high = 0, low = 0] = (host.split("::")[0] ?? "").split(":").map((part) => parseInt(part, 16) || 0);
  const start = high * 0x10000 + low;
  const isAllocated = isWithin(start, 0x20000000, 3);
  return isAllocated && !SPECIAL_V6.some(([first, bits]) => isWithin(start, first, bits));
}

const numberOf = (ip: string): number =>
  ip.split(".").reduce((sum, part) => sum * 256 + Number(part), 0);

const isWithin = (ip: number, first: number, bits: number): boolean =>
  (ip ^ first) >>> (32 - bits) === 0;

/**
 * A `fetch` that checks the URL and that of every redirect. The runtime checks what a name resolves to:
 * `global_fetch_strictly_public`, or workerd's `network` service.
 */
export function publicFetch(
  env: Pick<Env, "TRUSTED_ORIGINS">,
  { redirects = MAX_REDIRECTS }: { redirects?: number } = {},
): typeof globalThis.fetch {
  const trusted = trustedOrigins(env);
  return async (input, init) => {
    let next = input instanceof Request ? input.url : String(input);
    for (let left = redirects; ; left--) {
      const url = publicAddress(next, trusted);
      if (!url) throw new PrivateUrlError();
      const response = await fetch(url, { ...init, redirect: "manual" });
      const location = REDIRECTS.has(response.status) ? response.headers.get("location") : null;
      if (location === null || redirects === 0) return response;
      await response.body?.cancel();
      if (left === 0) throw new Error("Too many redirects.");
      next = URL.parse(location, url)?.href ?? "";
    }
  };
}
