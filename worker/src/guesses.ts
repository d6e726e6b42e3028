// Who guesses API keys or the admin token: counted by address, in this isolate and, if it is bound, by AUTH_LIMITER.
import { type Env, positive } from "./env.js";
import { errorCode } from "./errors.js";
import { log } from "./log.js";

const MINUTE_MS = 60_000;
const DEFAULT_FAILURES_PER_MINUTE = 20;
const MAX_ADDRESSES = 10_000;
/** A self-hosted gateway's proxy does not say the client's address. */
const UNKNOWN = "unknown";

/** Failures of each address in this minute. */
let minute = 0;
const failures = new Map<string, number>();

/** Seconds until an address may try again; `undefined`: it may try now. */
export function blockedSeconds(env: Env, address: string): number | undefined {
  const now = Date.now();
  if (Math.floor(now / MINUTE_MS) !== minute || (failures.get(address) ?? 0) < maxFailures(env)) return undefined;
  return Math.ceil(((minute + 1) * MINUTE_MS - now) / 1000);
}

let isUnknownLogged = false;

/** Counts a key or token that is unknown. */
export async function addFailure(env: Env, address: string): Promise<void> {
  // All clients share one limit then: wrong keys of one block the admin, too.
  if (address === UNKNOWN && !isUnknownLogged) log("error", { step: "limit", code: "no_client_address" });
  isUnknownLogged ||= address === UNKNOWN;
  const current = Math.floor(Date.now() / MINUTE_MS);
  if (current !== minute) failures.clear();
  minute = current;
  const [oldest] = failures.keys();
  if (oldest !== undefined && failures.size >= MAX_ADDRESSES) failures.delete(oldest);
  const isOver = await isOverLimit(env, address);
  failures.set(address, isOver ? Infinity : (failures.get(address) ?? 0) + 1);
}

async function isOverLimit({ AUTH_LIMITER }: Env, address: string): Promise<boolean> {
  try {
    return (await AUTH_LIMITER?.limit({ key: address }))?.success === false;
  } catch (error) {
    log("error", { step: "limit", code: errorCode(error) });
    return false;
  }
}

const maxFailures = (env: Env): number => positive(env.AUTH_FAILURES_PER_MINUTE, true) ?? DEFAULT_FAILURES_PER_MINUTE;

/** The caller's address as Cloudflare reports it; of IPv6 the /64, which one host has to itself. */
export function addressOf(headers: Headers): string {
  const address = headers.get("cf-connecting-ip") ?? UNKNOWN;
  return address.includes(":") ? networkOf(address) : address;
}

/** The first four groups. `::` stands for as many zeros as are missing. */
function networkOf(address: string): string {
  const [head = "", tail] = address.toLowerCase().split("::");
  const groups = (text: string) => text.split(":").filter(Boolean);
  const zeros = tail === undefined ? [] : Array<string>(Math.max(0, 8 - groups(head).length - groups(tail).length)).fill("0");
  return [...groups(head), ...zeros, ...groups(tail ?? "")].slice(0, 4).join(":");
}
