// Changes of all accounts' jobs as server-sent events, from the summaries in the job indexes: no job is woken.
import { ASKED_AT_ONCE, accountsOf, askAccounts } from "../accounts.js";
import type { Env } from "../env.js";
import { errorCode } from "../errors.js";
import { log } from "../log.js";
import { videoId } from "../types.js";
import type { AccountInfo, IndexChange } from "../types.js";
import { adminVideo } from "./videos.js";

const POLL_MS = 2_000;
/** With more accounts the indexes are asked less often. */
const POLL_MS_PER_ACCOUNT = 40;
const ACCOUNTS_TTL_MS = 30_000;
/** A change may be stored this long after the time that it has. */
const OVERLAP_MS = 15_000;
/** As many changes of an account are sent at once. */
const MAX_CHANGES = 100;
/** Cloudflare allows a request 1000 calls of objects: the client reconnects before. */
const MAX_CALLS = 900;
const MAX_STREAM_MS = 10 * 60_000;
const RECONNECT_MS = 1_000;

const HEADERS = {
  "content-type": "text/event-stream",
  "cache-control": "no-cache, no-transform",
  "x-accel-buffering": "no",
};

/**
 * `video` events with the video, and `deleted` events with its id: those after `lastEventId`, a time in milliseconds, and
 * those to come.
 */
export function jobEvents(env: Env, lastEventId: string | undefined): Response {
  const since = /^\d{13}$/.test(lastEventId ?? "") ? Number(lastEventId) : Date.now();
  const changes = new Changes(env, since);
  const endsAt = Date.now() + MAX_STREAM_MS;
  let isPulledBefore = false;
  // The next events are read once the client has taken the ones before, so that a slow client holds nothing in memory.
  const body = new ReadableStream<string>(
    {
      pull: async (controller) => {
        if (Date.now() >= endsAt || changes.calls >= MAX_CALLS) return controller.close();
        if (isPulledBefore) await new Promise((resolve) => setTimeout(resolve, changes.pollMs));
        try {
          const events = await changes.next();
          controller.enqueue(isPulledBefore ? events || ": heartbeat\n\n" : `retry: ${RECONNECT_MS}\n\n${events}`);
          isPulledBefore = true;
        } catch (error) {
          log("error", { step: "admin_events", code: errorCode(error) });
          // The client reconnects, and receives what it missed.
          controller.close();
        }
      },
    },
    { highWaterMark: 0 },
  );
  return new Response(body.pipeThrough(new TextEncoderStream()), { headers: HEADERS });
}

/** Asks the indexes of all accounts what has changed, and remembers what it has told. */
class Changes {
  calls = 0;
  readonly #env: Env;
  #since: number;
  #accounts: AccountInfo[] = [];
  #accountsReadAt = -Infinity;
  /** Changes that were told, by job and time, and when. */
  readonly #told = new Map<string, number>();

  constructor(env: Env, since: number) {
    this.#env = env;
    this.#since = since;
  }

  get pollMs(): number {
    return Math.max(POLL_MS, this.#accounts.length * POLL_MS_PER_ACCOUNT);
  }

  /** The events of the changes since the last call, oldest first. */
  async next(): Promise<string> {
    const now = Date.now();
    await this.#readAccounts(now);
    this.calls += Math.ceil(this.#accounts.length / ASKED_AT_ONCE);
    const since = this.#since - OVERLAP_MS;
    const { found } = await askAccounts(this.#env, "jobIndex", "changedSince")(this.#accounts, () => [since, MAX_CHANGES]);
    this.#since = now;
    for (const [change, at] of this.#told) if (now - at > 2 * OVERLAP_MS) this.#told.delete(change);
    const events = found
      .flatMap(({ info, value }) => value.map((change) => ({ accountId: info.id, change })))
      .filter(({ change }) => this.#isNews(change))
      .sort((a, b) => a.change.at - b.change.at);
    return (await Promise.all(events.map((event) => this.#textOf(event, now)))).join("");
  }

  #isNews({ jobId, at }: IndexChange): boolean {
    const change = `${jobId} ${at}`;
    const isKnown = this.#told.has(change);
    this.#told.set(change, Date.now());
    return !isKnown;
  }

  async #textOf({ accountId, change }: { accountId: string; change: IndexChange }, now: number): Promise<string> {
    const [event, data] = change.isRemoved
      ? ["deleted", { id: videoId(change.jobId) }]
      : ["video", await adminVideo(this.#env, accountId, change)];
    return `id: ${now}\nevent: ${event}\ndata: ${JSON.stringify(data)}\n\n`;
  }

  async #readAccounts(now: number): Promise<void> {
    if (now - this.#accountsReadAt < ACCOUNTS_TTL_MS) return;
    this.#accounts = await accountsOf(this.#env);
    this.calls += 1;
    this.#accountsReadAt = now;
  }
}
