// The routes of batches: many videos with one budget, quoted as a whole before anything begins.
import type { Issue } from "filmgate";
import { ApiError, apiError } from "../errors.js";
import { parseUsd, usdText } from "../money.js";
import { batchOf, jobIndexOf, namedBatchOf } from "../stubs.js";
import { batchId, batchIdOf } from "../batch-types.js";
import type { BatchItemPlan, BatchState } from "../batch-types.js";
import type { Caller, JobCatalog, JobSpec } from "../types.js";
import { IMAGES_BY_URL, readBatchBody } from "./batch-body.js";
import type { BatchBody } from "./batch-body.js";
import type { Call } from "./context.js";
import { callerOf, originOf, ownerOf, retentionOf } from "./context.js";
import { mapImages, parseCreate } from "./create-request.js";
import { canonical, idempotencyKey, sha256, untilDone } from "./create.js";
import { planJob } from "./plan.js";
import type { Plan } from "./plan.js";
import { limitOf } from "./video-list.js";

/** Issues in one response: a batch of a thousand requests may have the same one in each. */
const MAX_ISSUES = 100;
/** A page of the list reads the object of each of its batches. */
const MAX_LIMIT = 20;

export async function createBatch(c: Call): Promise<Response> {
  const caller = await callerOf(c, "CREATE_LIMITER");
  const key = idempotencyKey(c);
  if (key === undefined) throw NO_KEY();
  return untilDone(c, readBatchBody(c, caller.key.id).then((body) => createOrJoin(c, caller, key, body)));
}

async function createOrJoin(c: Call, caller: Caller, key: string, body: BatchBody): Promise<Response> {
  const { requests, budgetUsd: budgetMicroUsd, maxConcurrency } = body;
  const owner = ownerOf(caller);
  const bodyHash = await sha256(canonical(body));
  const batch = namedBatchOf(c.env, await sha256(JSON.stringify([owner.account, owner.user ?? null, key])));
  // One that exists is found whatever has become of its models and prices.
  const known = await batch.read(owner);
  if (known) return shown(c, known, bodyHash);
  const { items, catalogs, quote } = await planAll(c, requests);
  const [first] = items;
  if (first && first.reservedMicroUsd > budgetMicroUsd) throw overBudget(first.reservedMicroUsd, budgetMicroUsd);
  const spec = {
    owner: owner.account,
    keyId: caller.key.id,
    ...(owner.user !== undefined && { user: owner.user }),
    ...{ origin: originOf(c), budgetMicroUsd, maxConcurrency, quote, bodyHash, createdAt: Date.now() },
    ...retentionOf(caller),
  };
  return shown(c, await batch.create(spec, items, catalogs), bodyHash);
}

/** Plans every request. @throws {ApiError} with the issues of all of them; a path begins with `requests.<index>` */
async function planAll(c: Call, requests: unknown[]) {
  const issues: Issue[] = [];
  const items: BatchItemPlan[] = [];
  const catalogs = new Map<string, JobCatalog>();
  const quote = { minMicroUsd: 0, maxMicroUsd: 0 };
  for (const [index, request] of requests.entries()) {
    try {
      const plan = await planOne(c, request);
      const { item, minMicroUsd } = plan;
      const catalog = plan.catalog && JSON.stringify(plan.catalog);
      if (catalog !== undefined && !catalogs.has(catalog)) catalogs.set(catalog, plan.catalog!);
      items.push({ ...item, ...(catalog !== undefined && { catalog: [...catalogs.keys()].indexOf(catalog) }) });
      quote.minMicroUsd += minMicroUsd;
      quote.maxMicroUsd += item.reservedMicroUsd;
    } catch (error) {
      if (!(error instanceof ApiError)) throw error;
      issues.push(...issuesOf(error, index));
    }
  }
  const [first] = issues;
  if (!first) return { items, catalogs: [...catalogs.values()], quote };
  const message = `${first.message} Nothing was sent: \`issues\` has the problems of all requests.`;
  throw apiError("invalid_request", message, { param: first.path, issues: issues.slice(0, MAX_ISSUES) });
}

async function planOne(c: Call, request: unknown) {
  const create = await parseCreate(request);
  mapImages(create.request, () => {
    throw apiError("invalid_image", IMAGES_BY_URL);
  });
  const { request: planned, provider, reservedMicroUsd, seconds, size, labels, quote, catalog }: Plan = planJob(c.env, create);
  if (reservedMicroUsd === null) throw apiError("invalid_request", UNPRICED);
  const minMicroUsd = "minUsd" in quote ? (parseUsd(quote.minUsd) ?? reservedMicroUsd) : reservedMicroUsd;
  const item = { request: planned as unknown as JobSpec["request"], provider, reservedMicroUsd, seconds, size, labels };
  return { item, catalog, minMicroUsd };
}

const UNPRICED = "This request has no published price, so no budget can hold it.";

function issuesOf({ details }: ApiError, index: number): Issue[] {
  const { issues, message, param } = details;
  const own: Issue = { severity: "error", path: param ?? "", code: "unsupported", message };
  const prefix = `requests.${index}`;
  return (issues ?? [own]).map((issue) => ({ ...issue, path: issue.path ? `${prefix}.${issue.path}` : prefix }));
}

export async function retrieveBatch(c: Call): Promise<Response> {
  const owner = ownerOf(await callerOf(c, "READ_LIMITER"));
  return shown(c, await batchOfId(c).read(owner));
}

/** What waits never begins. The jobs that have begun continue: `POST /v1/videos/{id}/cancel` cancels one. */
export async function cancelBatch(c: Call): Promise<Response> {
  const owner = ownerOf(await callerOf(c, "READ_LIMITER", "create"));
  return shown(c, await batchOfId(c).cancel(owner));
}

/** Newest first, without their items. */
export async function listBatches(c: Call): Promise<Response> {
  const owner = ownerOf(await callerOf(c, "READ_LIMITER"));
  const after = c.req.query("after");
  const page = await jobIndexOf(c.env, owner.account).listBatches({
    limit: limitOf(c, MAX_LIMIT),
    ...(after !== undefined && { after: batchIdOf(after) ?? "" }),
    ...(owner.user !== undefined && { user: owner.user }),
  });
  if (!page) throw apiError("invalid_request", "`after` must be the id of one of your batches.", { param: "after" });
  const found = await Promise.all(page.batchIds.map((id) => batchOf(c.env, id)?.read(owner)));
  const data = found.flatMap((one) => one?.report ?? []).map(({ items: _, ...batch }) => batch);
  const ids = page.batchIds.map(batchId);
  const list = { object: "list", data, first_id: ids.at(0) ?? null, last_id: ids.at(-1) ?? null, has_more: page.hasMore };
  return c.json(list, 200, { "cache-control": "no-store" });
}

function batchOfId(c: Call) {
  const id = batchIdOf(c.req.param("id") ?? "");
  const batch = id === undefined ? undefined : batchOf(c.env, id);
  if (!batch) throw noSuchBatch();
  return batch;
}

/** `bodyHash`: what its key is used with now. */
function shown(c: Call, batch: BatchState | undefined, bodyHash = batch?.bodyHash): Response {
  if (!batch) throw noSuchBatch();
  if (batch.bodyHash !== bodyHash) throw apiError("idempotency_key_reused", KEY_REUSED, { param: "Idempotency-Key" });
  return c.json(batch.report, 200, { "cache-control": "no-store" });
}

const KEY_REUSED = "This Idempotency-Key was used with a different body. Use a new key for each request.";

/** A batch that does not exist, or belongs to another account or user: always the same error. */
const noSuchBatch = () => apiError("not_found", "No such batch.", { param: "batch_id" });

const NO_KEY = () =>
  apiError("invalid_request", "A batch needs an `Idempotency-Key`: repeated with it, the request returns the same batch.", {
    param: "Idempotency-Key",
  });

const overBudget = (price: number, budget: number) =>
  apiError(
    "budget_exceeded",
    `The first request may cost $${usdText(price)}, above the budget of $${usdText(budget)}. Nothing was sent.`,
    { param: "budgetUsd" },
  );
