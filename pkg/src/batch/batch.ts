import { FilmgateError } from "../error.js";
import type { Filmgate, StoredJob, VideoRequest } from "../types/index.js";
import {
  DURATION,
  SIGNAL,
  invalidOption,
  readArgument,
  readOptions,
  required,
} from "../util/options.js";
import type { Kind, Spec } from "../util/options.js";
import { copyOfBytes, snapshotOf } from "../util/snapshot.js";
import { randomUUID, toUuid } from "../util/uuid.js";
import { toBudget, toUsd } from "../util/micro-usd.js";
import { Budget } from "./budget.js";
import { quoteAll } from "./quote.js";
import { BatchRun } from "./run.js";
import type { PlannedItem } from "./run.js";
import type { Batch, BatchOptions } from "./types.js";

const DEFAULT_CONCURRENCY = 4;

const AMOUNT: Kind = ["a number of US dollars, 0 or more", (value) => Number.isFinite(value) && value >= 0];
const COUNT: Kind = ["a whole number, 1 or more", (value) => Number.isSafeInteger(value) && value >= 1];
const NAME: Kind = ["a non-empty string", (value) => typeof value === "string" && value !== ""];
const LIST: Kind = ["a list of requests", Array.isArray];
const PROVIDER: Kind = ["a provider", () => true, snapshotOf];
const CLIENT: Kind = ["a client of `createFilmgate`", (value) => typeof value.submit === "function"];

const OPTIONS = {
  budgetUsd: required(AMOUNT),
  maxConcurrency: COUNT,
  id: NAME,
  provider: PROVIDER,
  timeoutMs: DURATION,
  signal: SIGNAL,
} satisfies Spec;

/**
 * Generates many videos with one budget. The whole is quoted first, offline. Before each submit the upper end of its quote
 * is reserved, and replaced by the actual cost afterwards; what may have been billed counts in full. The requests are
 * submitted in their order, and the first one that does not fit into the rest of the budget ends the batch.
 *
 * Resolves once the batch has begun. The jobs of an earlier run with the same `id` are found in the client's store.
 *
 * @throws FilmgateError `invalid_request` if an option or a request is invalid: `issues` has all of them, by index;
 * `budget_exceeded` if even the first request does not fit; `store_error` if the store cannot be read. Nothing was sent.
 */
export async function batch(client: Filmgate, requests: readonly VideoRequest[], options: BatchOptions): Promise<Batch> {
  readArgument(client, CLIENT, "client");
  const copyBytes = copyingOnce();
  const list = Array.from(readArgument<VideoRequest[]>(requests, LIST, "requests"), (one) => snapshotOf(one, copyBytes));
  const given = readOptions<BatchOptions>(options, OPTIONS);
  const { id = randomUUID(), provider = "cheapest", maxConcurrency = DEFAULT_CONCURRENCY, signal, timeoutMs } = given;
  signal?.throwIfAborted();
  const quotes = quoteAll(client, list, provider);
  const [lease, ...ids] = await Promise.all([nameOf(id), ...list.map((_, index) => nameOf(id, index))]);
  const stored = new Map((await client.jobs()).map((job) => [job.handle.id, job]));
  const items = quotes.map(({ limits }, index): PlannedItem => {
    const [request, jobId] = [list[index]!, ids[index]!];
    return { index, id: jobId, request, limits, stored: sameRequest(index, request, stored.get(jobId)) };
  });
  const budget = new Budget(toBudget(given.budgetUsd));
  const [first] = items;
  if (first && !items.some((item) => item.stored) && first.limits[0] > budget.limit) {
    throw overBudget(first.limits[0], budget.limit);
  }
  signal?.throwIfAborted();
  const sum = (ends: number[]) => toUsd(ends.reduce((total, end) => total + end, 0));
  const quote = { minUsd: sum(quotes.map(({ min }) => min)), maxUsd: sum(quotes.map(({ limits }) => limits[0])) };
  const submit = { provider, ...(timeoutMs !== undefined && { timeoutMs }) };
  const run = new BatchRun(client, items, { id, lease, budget, maxConcurrency, submit, signal });
  return {
    id,
    quote,
    result: () => run.updates.result,
    [Symbol.asyncIterator]: () => run.updates[Symbol.asyncIterator](),
  };
}

/** Copies bytes. Many requests may have the same image, of which one copy suffices. */
function copyingOnce(): (value: unknown) => Uint8Array | undefined {
  const copies = new Map<unknown, Uint8Array | undefined>();
  return (value) => {
    if (!copies.has(value)) copies.set(value, copyOfBytes(value));
    return copies.get(value);
  };
}

/** The id of an item's job, so that no process submits it a second time. Without an index: the key of the batch's lease. */
async function nameOf(batchId: string, ...index: number[]): Promise<string> {
  const name = new TextEncoder().encode(JSON.stringify(["filmgate/batch", batchId, ...index]));
  return toUuid(new Uint8Array(await crypto.subtle.digest("SHA-256", name)));
}

/** The stored job, unless it is of another model than the request. */
function sameRequest(index: number, { model }: VideoRequest, job: StoredJob | undefined): StoredJob | undefined {
  if (!job || model === undefined || job.handle.model === model) return job;
  const message =
    `The batch of this id has a job of \`${job.handle.model}\` at index ${index}. ` +
    "Pass the requests of that batch in the same order, or another `id`.";
  throw invalidOption(`requests.${index}.model`, "conflict", message);
}

function overBudget(price: number, limit: number): FilmgateError {
  const message =
    `The first request costs up to $${toUsd(price)}, and the budget is $${toUsd(limit)}. ` +
    "Nothing was sent: raise `budgetUsd` or choose a cheaper model.";
  return new FilmgateError({ code: "budget_exceeded", message });
}

