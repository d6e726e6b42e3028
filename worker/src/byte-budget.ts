// What the bodies of an isolate's requests may hold of its memory together: Cloudflare gives an isolate 128 MB, and cancels
// its requests beyond that. R2 takes only streams of known length, so an image is held until it is complete.
import { apiError } from "./errors.js";

/** All bodies that are being read or stored. */
const MAX_HELD_BYTES = 32_000_000;
/** One API key's share: another key's images always find room. The largest body takes all of it. */
const MAX_BYTES_PER_KEY = 16_000_000;
/** R2's binding sends a copy of its own. */
const COPIES = 2;
/** A smaller body is not counted: a request without images never waits for images. */
const MIN_COUNTED_BYTES = 64_000;
/** How long a body waits for room before any of it is read. */
const MAX_WAIT_MS = 20_000;
const RETRY_AFTER_SECONDS = 5;
/** A request that the engine has cancelled returns nothing. */
const MAX_HOLD_MS = 90_000;

interface Share {
  key: string;
  bytes: number;
  /** Set once it has room. */
  heldAt?: number;
  start(): void;
}

const holders = new Set<Share>();
const waiting: Share[] = [];

/** Waits for room; returns how to give it back. @throws {ApiError} if there is none in time. */
export async function holdBytes(key: string, bytes: number): Promise<() => void> {
  if (bytes < MIN_COUNTED_BYTES) return () => undefined;
  const { promise, resolve } = Promise.withResolvers<boolean>();
  const share: Share = { key, bytes: Math.min(COPIES * bytes, MAX_BYTES_PER_KEY), start: () => resolve(true) };
  waiting.push(share);
  // The timer also tells the engine that this request is not stuck.
  const timer = setTimeout(() => resolve(false), MAX_WAIT_MS);
  admit();
  const hasRoom = await promise;
  clearTimeout(timer);
  const release = () => {
    holders.delete(share);
    admit();
  };
  if (hasRoom) return release;
  waiting.splice(waiting.indexOf(share) >>> 0, 1);
  throw apiError("service_unavailable", "The gateway is receiving too many images. Retry the request.", {
    retryAfterSeconds: RETRY_AFTER_SECONDS,
    // The account does not know of this refusal: an SDK's own retry would join another request's job.
    mayRetryItself: false,
  });
}

/** Starts those that have room, in their order. One that waits for its own key's share holds up only that key. */
function admit(): void {
  const now = Date.now();
  for (const share of holders) if (now - share.heldAt! > MAX_HOLD_MS) holders.delete(share);
  const held = (key?: string) =>
    [...holders].reduce((sum, share) => sum + (key === undefined || share.key === key ? share.bytes : 0), 0);
  const isBlocked = new Set<string>();
  for (const share of [...waiting]) {
    if (isBlocked.has(share.key)) continue;
    if (held(share.key) + share.bytes > MAX_BYTES_PER_KEY) {
      isBlocked.add(share.key);
      continue;
    }
    if (held() + share.bytes > MAX_HELD_BYTES) return;
    waiting.splice(waiting.indexOf(share), 1);
    share.heldAt = now;
    holders.add(share);
    share.start();
  }
}
