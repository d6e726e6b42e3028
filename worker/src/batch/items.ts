// The items of a batch, in memory and in the object's storage: one value for each request. It is synchronous, so that nothing
// runs between a sum and the reservation that it allows.
import { toUsd } from "../money.js";
import type { BatchItemPlan, BatchItemReport, JobEnding } from "../batch-types.js";
import { videoId } from "../types.js";

const PREFIX = "item/";

export interface Item {
  state: BatchItemReport["status"] | "starting";
  /** What it may cost, in micro-dollars. */
  reserved: number;
  /** What its end counts for. */
  spent?: number | undefined;
  /** Its job: it may not exist yet while the state is `starting`. */
  jobId?: string | undefined;
  reason?: string | undefined;
  /** Failed attempts to create its job. */
  tries?: number;
  /** Until its job exists, which has the request from then on. */
  plan?: BatchItemPlan | undefined;
}

/** In the order of the requests. */
export class BatchItems {
  readonly all: Item[];
  readonly #kv: SyncKvStorage;

  constructor(kv: SyncKvStorage) {
    this.#kv = kv;
    this.all = [...kv.list<Item>({ prefix: PREFIX })].map(([, item]) => item);
  }

  add(plans: BatchItemPlan[]): void {
    for (const plan of plans) this.set(this.all.length, { state: "waiting", reserved: plan.reservedMicroUsd, plan });
  }

  /** Changes what is given. A field that is `undefined` is removed. */
  set(index: number, change: Partial<Item>): void {
    const item = { ...this.all[index], ...change } as Item;
    this.all[index] = item;
    // Keys are listed in order, so the numbers have a fixed length.
    this.#kv.put(PREFIX + String(index).padStart(4, "0"), item);
  }

  /** The job exists. It may have ended already. */
  created(index: number): void {
    if (this.all[index]?.state === "starting") this.set(index, { state: "running", plan: undefined });
  }

  /** The end of its job, or a correction of what it cost: all that was reserved, if that is unknown. */
  settle(index: number, jobId: string, { status: state, billing, code: reason }: JobEnding): void {
    const item = this.all[index];
    // A job of an earlier batch of this name, or of an earlier attempt.
    if (item?.jobId !== jobId) return;
    const spent = billing?.kind === "not_charged" ? 0 : billing?.kind === "charged" ? billing.microUsd : item.reserved;
    this.set(index, { state, spent, reason, plan: undefined });
  }

  /** Nothing that waits begins any more. */
  stop(reason: string): void {
    for (const [index, { state }] of this.all.entries()) {
      if (state === "waiting") this.set(index, { state: "not_started", reason, plan: undefined });
    }
  }

  /** What is spent and reserved, in micro-dollars, and how many have begun. */
  sums(): { spent: number; reserved: number; begun: number } {
    const sums = { spent: 0, reserved: 0, begun: 0 };
    for (const { state, spent = 0, reserved } of this.all) {
      sums.spent += spent;
      if (state !== "starting" && state !== "running") continue;
      sums.reserved += reserved;
      sums.begun += 1;
    }
    return sums;
  }

  /** The first in that state. */
  first(wanted: Item["state"]): (Item & { index: number }) | undefined {
    const index = this.all.findIndex(({ state }) => state === wanted);
    return index < 0 ? undefined : { index, ...this.all[index]! };
  }
}

export function reportOf({ state, reserved, spent, jobId, reason }: Item, index: number): BatchItemReport {
  const status = state === "starting" ? "running" : state;
  return {
    index,
    status,
    // One that is being created cannot be retrieved yet.
    ...(jobId !== undefined && state !== "starting" && { video_id: videoId(jobId) }),
    ...(status === "running" && { reservedUsd: toUsd(reserved) }),
    ...(spent !== undefined && { spentUsd: toUsd(spent) }),
    ...(reason !== undefined && (status === "failed" ? { error: { code: reason } } : { reason })),
  };
}
