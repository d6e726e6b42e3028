// Addresses that come from outside, and are fetched: only such as the public reaches.
import type { Env } from "./env.js";

/** A redirect more than this is none that leads anywhere. */
const MOST_REDIRECTS = 3;
const REDIRECTS: ReadonlySet<number> = new Set([301, 302, 303, 307, 308]);
/** Names that are answered at home, and by nobody else. */
const HOME = /(^|\.)(localhost|local|internal|intranet|lan|home|corp|private|home\.arpa)$/;

/** By IANA's registries, `[first address, bits]` of what is not given out, or given out for home use. */
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
  // Multicast, and all that is reserved.
  ["224.0.0.0", 3],
];

/** Of what is given out of IPv6, `2000::/3`: protocols and documents `2001::/23`, `2001:db8::/32`, `3fff::/20`, and 6to4. */
const SPECIAL_V6: readonly (readonly [number, number])[] = [
  [0x20010000, 23],
  [0x20010db8, 32],
  [0x20020000, 16],
  [0x3fff0000, 20],
];

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

/** Whether the host of a parsed address, which has IPv4 in four decimal numbers, may be a public one. */
export function isPublicHost(hostname: string): boolean {
  const name = hostname.replace(/^\[|\]$/g, "").replace(/\.$/, "").toLowerCase();
  return isPublicIp(name) ?? (name.includes(".") && !HOME.test(name));
}

/** Whether an address, as URL writes it in its one way, is one that the public reaches. Absent where it is a name. */
export function isPublicIp(host: string): boolean | undefined {
  if (host.includes(":")) return isPublicV6(host);
  if (!/^[\d.]+$/.test(host)) return undefined;
  const ip = numberOf(host);
  return !SPECIAL_V4.some(([first, bits]) => isWithin(ip, numberOf(first), bits));
}

function isPublicV6(host: string): boolean {
  // The first 32 bits tell; zeros that are left out begin behind them, or they are zeros themselves.
  const [high = 0, low = 0] = (host.split("::")[0] ?? "").split(":").map((part) => parseInt(part, 16) || 0);
  const start = high * 0x10000 + low;
  const isGivenOut = isWithin(start, 0x20000000, 3);
  return isGivenOut && !SPECIAL_V6.some(([first, bits]) => isWithin(start, first, bits));
}

const numberOf = (ip: string): number =>
  ip.split(".").reduce((sum, part) => sum * 256 + Number(part), 0);

const isWithin = (ip: number, first: number, bits: number): boolean =>
  (ip ^ first) >>> (32 - bits) === 0;

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
