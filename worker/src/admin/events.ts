// Changes of all accounts' jobs as server-sent events, from the summaries in the job indexes: no job is woken.
import { ASKED_AT_ONCE, PAGE, accountsOf, askAccounts } from "../accounts.js";
import type { Env } from "../env.js";
import { errorCode } from "../errors.js";
import { log } from "../log.js";
import { videoId } from "../types.js";
import type { AccountInfo, ChangeCursor, IndexChange } from "../types.js";
import { adminVideo } from "./videos.js";

const POLL_MS = 2_000;
/** With more accounts the indexes are asked less often. */
const POLL_MS_PER_ACCOUNT = 40;
const ACCOUNTS_TTL_MS = 30_000;
/** A change may be stored this long after the time that it has. */
const OVERLAP_MS = 15_000;
/** As many changes of an account are read at once. */
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

/** How far the changes of an account were told. */
interface Told {
  cursor: ChangeCursor;
  /** When the reading of its changes, page by page, began. */
  begunAt: number;
  hasMore: boolean;
  /** The changes that the next reading finds again: their times, by job. */
  known: Map<string, number>;
}

const overlapping = (at: number): ChangeCursor => ({ at: at - OVERLAP_MS, jobId: "" });

/** Asks the indexes of all accounts what has changed, and remembers what it has told. */
class Changes {
  calls = 0;
  /** The accounts of which more has changed than was told. */
  #late: AccountInfo[] = [];
  readonly #env: Env;
  readonly #since: number;
  /** All that changed before was told. */
  #toldUntil: number;
  #accounts: AccountInfo[] = [];
  /** When all of them were asked. */
  #askedAt = 0;
  #accountsReadAt = -Infinity;
  readonly #told = new Map<string, Told>();

  constructor(env: Env, since: number) {
    this.#env = env;
    this.#since = since;
    this.#toldUntil = since;
  }

  get pollMs(): number {
    return this.#late.length > 0 ? 0 : Math.max(POLL_MS, this.#accounts.length * POLL_MS_PER_ACCOUNT);
  }

  /** The events of a page of changes of each account, oldest first. While some are late, only of these. */
  async next(): Promise<string> {
    const now = Date.now();
    await this.#readAccounts(now);
    const isCatchingUp = this.#late.length > 0;
    if (!isCatchingUp) this.#askedAt = now;
    const asked = isCatchingUp ? this.#late : this.#accounts;
    this.calls += Math.ceil(asked.length / ASKED_AT_ONCE);
    const { found } = await askAccounts(this.#env, "jobIndex", "changedAfter")(asked, ({ id }) => [this.#begin(id, now), MAX_CHANGES]);
    const events = found
      .flatMap(({ info: { id: accountId }, value }) => this.#newsOf(accountId, value).map((change) => ({ accountId, change })))
      .sort((a, b) => a.change.at - b.change.at);
    this.#late = found.map(({ info }) => info).filter(({ id }) => this.#told.get(id)?.hasMore);
    const ends = this.#late.map(({ id }) => this.#told.get(id)?.cursor.at ?? 0);
    const before = this.#toldUntil;
    this.#toldUntil = Math.min(this.#askedAt, ...ends);
    // A client that receives only some of them comes back for the others.
    const idOf = (at: number) => (at === events.length - 1 ? this.#toldUntil : before);
    return (await Promise.all(events.map((event, at) => this.#textOf(event, idOf(at))))).join("");
  }

  /** From where an account is asked. */
  #begin(accountId: string, now: number): ChangeCursor {
    const told = this.#told.get(accountId) ?? { cursor: overlapping(this.#since), begunAt: now, hasMore: false, known: new Map<string, number>() };
    this.#told.set(accountId, told);
    if (!told.hasMore) told.begunAt = now;
    return told.cursor;
  }

  #newsOf(accountId: string, changes: IndexChange[]): IndexChange[] {
    const told = this.#told.get(accountId);
    if (!told) return [];
    const { known, begunAt } = told;
    const news = changes.filter(({ jobId, at }) => known.get(jobId) !== at);
    const next = overlapping(begunAt);
    for (const { jobId, at } of news) if (at >= next.at) known.set(jobId, at);
    const last = changes.at(-1);
    told.hasMore = changes.length === MAX_CHANGES;
    told.cursor = told.hasMore && last ? { at: last.at, jobId: last.jobId } : next;
    for (const [jobId, at] of known) if (at < next.at) known.delete(jobId);
    return news;
  }

  async #textOf({ accountId, change }: { accountId: string; change: IndexChange }, id: number): Promise<string> {
    const [event, data] = change.isRemoved
      ? ["deleted", { id: videoId(change.jobId) }]
      : ["video", await adminVideo(this.#env, accountId, change)];
    return `id: ${id}\nevent: ${event}\ndata: ${JSON.stringify(data)}\n\n`;
  }

  async #readAccounts(now: number): Promise<void> {
    if (now - this.#accountsReadAt < ACCOUNTS_TTL_MS) return;
    this.#accounts = await accountsOf(this.#env);
    this.calls += Math.ceil(this.#accounts.length / PAGE);
    this.#accountsReadAt = now;
  }
}
