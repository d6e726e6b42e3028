// Creates a job: reserves its cost, stores its images, and starts it. Each step can be repeated.
import { toHex } from "filmgate/gateway-server";
import type { Env } from "../env.js";
import { ApiError, apiError, errorCode } from "../errors.js";
import { log } from "../log.js";
import { signedPath } from "../signing.js";
import { accountOf, jobOf, newJobId } from "../stubs.js";
import type { JobRpc, RepeatedRequest, ReservationRequest } from "../rpc.js";
import type { ApiErrorDetails, Caller, JobSpec } from "../types.js";
import type { Call } from "./context.js";
import { assertStored } from "./content.js";
import { callerOf, jsonText, originOf, ownerOf, retentionOf } from "./context.js";
import { mapImages, withCreateRequest } from "./create-request.js";
import type { CreateRequest } from "./create-request.js";
import { storeImage, UploadedImage } from "./images.js";
import { planJob, quotesOf, validationOf } from "./plan.js";
import type { Plan } from "./plan.js";
import { PLACEHOLDER_URL } from "./urls.js";

/** How long a provider can fetch an image: a job may wait for its provider for a day before it is submitted. */
const IMAGE_URL_TTL_MS = 36 * 3_600_000;

/** The video that a request is made from. */
export interface SourceVideo {
  id: string;
  /** The field of the request that receives its URL; absent if the provider has it already. */
  field?: VideoField;
}

/** A request as it is planned. */
interface Prepared {
  create: CreateRequest;
  source?: SourceVideo | undefined;
}

/** What a job has beside its request. */
interface Extras {
  /** Where its end is posted. */
  callbackUrl?: string;
  /** The client retries a 5xx without saying that it does. */
  retriesSilently?: boolean;
}

/** A field that takes videos: one, or a list. */
export type VideoField = "video" | "referenceVideos";

export async function createVideo(c: Call): Promise<Response> {
  const caller = await callerOf(c, "CREATE_LIMITER");
  return untilDone(c, withCreateRequest(c.req.raw, caller.key.id, async (create) =>
    jsonText(await createJob(c, caller, create)),
  ));
}

/** The listing that a create with this body would try first, or the error that it would be. Stores and sends nothing. */
export async function planVideo(c: Call): Promise<Response> {
  const { key } = await callerOf(c, "READ_LIMITER");
  return untilDone(c, withCreateRequest(c.req.raw, key.id, async (create) =>
    c.json({ object: "plan", quote: planJob(c.env, create).quote }, 200, { "cache-control": "no-store" }),
  ));
}

/** All problems of a request. Stores and sends nothing. */
export async function validateVideo(c: Call): Promise<Response> {
  const { key } = await callerOf(c, "READ_LIMITER");
  return untilDone(c, withCreateRequest(c.req.raw, key.id, async (create) =>
    c.json({ object: "validation", ...validationOf(c.env, create) }, 200, { "cache-control": "no-store" }),
  ));
}

/** The price at every provider. Stores and sends nothing. */
export async function quoteVideo(c: Call): Promise<Response> {
  const { key } = await callerOf(c, "READ_LIMITER");
  return untilDone(c, withCreateRequest(c.req.raw, key.id, async (create) => {
    const { quotes, warnings } = quotesOf(c.env, create);
    const list = { object: "list", data: quotes, issues: warnings };
    return c.json(list, 200, { "cache-control": "no-store" });
  }));
}

/** The engine drops the work of a client that has left: a job would be half created, and its body's memory not returned. */
export function untilDone<T>(c: Call, work: Promise<T>): Promise<T> {
  c.executionCtx.waitUntil(work.catch(() => undefined));
  return work;
}

/** Creates the job of a request, or finds its existing job; returns its video as JSON. */
const createJob = (c: Call, caller: Caller, create: CreateRequest, more: Extras = {}): Promise<string> =>
  createPlanned(c, caller, meaningOf(create), () => ({ create }), more);

/** What makes two requests the same. */
export const meaningOf = (create: CreateRequest): object => ({ ...create, issues: undefined, paramNames: undefined, dialect: undefined });

/**
 * Creates what `prepare` returns, or finds the existing job of the same `meaning`, which is all that the client has said;
 * returns its video as JSON.
 */
export async function createPlanned(
  c: Call,
  caller: Caller,
  meaning: object,
  prepare: () => Prepared | Promise<Prepared>,
  more: Extras = {},
): Promise<string> {
  const key = idempotencyKey(c);
  const bodyHash = await sha256(canonical({ ...meaning, callbackUrl: more.callbackUrl }));
  const retryCount = retryCountOf(c);
  let joinsNone = false;
  const repeated = {
    keyId: caller.key.id,
    bodyHash,
    ...(key !== undefined && { idempotencyKey: key }),
    ...(retryCount !== undefined && { retryCount }),
  };
  let plan: Plan;
  let source: SourceVideo | undefined;
  try {
    const prepared = await prepare();
    source = prepared.source;
    plan = planJob(c.env, withSource(prepared.create, source));
    if (source?.field) await assertStored(c, source.id);
  } catch (error) {
    // The first attempt may have been possible: its model, price or provider was another one.
    const isFirst = key === undefined && !retryCount;
    const existing = isFirst ? undefined : await existingVideo(c, caller, repeated);
    if (existing !== undefined) return existing;
    throw error;
  }
  for (;;) {
    const reservation = await accountOf(c.env, caller.account.id).reserve({
      ...repeated,
      jobId: newJobId(c.env),
      model: plan.model,
      reservedMicroUsd: plan.reservedMicroUsd,
      ...(joinsNone && { joinsNone }),
    } satisfies ReservationRequest);
    c.set("isKnown", true);
    if (reservation.error) throw new ApiError(reservation.error);
    const retriesSilently = more.retriesSilently === true && key === undefined;
    const video = await startJob(c, caller, reservation, plan, source, { ...more, retriesSilently });
    if (typeof video === "string") return video;
    // A retry without a key that found a deleted job is a request of its own.
    if (reservation.isNew || key !== undefined) throw new ApiError(video.error);
    joinsNone = true;
  }
}

/** The video of an earlier attempt of the request, as JSON. */
async function existingVideo(c: Call, caller: Caller, request: RepeatedRequest): Promise<string | undefined> {
  const jobId = await accountOf(c.env, caller.account.id).findJob(request);
  return jobId === undefined ? undefined : jobOf(c.env, jobId).read(ownerOf(caller));
}

/** The request with a URL in place of its source's, which is not known to be public: on this machine it is not. */
const withSource = (create: CreateRequest, source?: SourceVideo): CreateRequest =>
  source?.field ? { ...create, request: { ...create.request, ...videoField(source.field, PLACEHOLDER_URL) } } : create;

const videoField = (field: VideoField, url: string) => ({
  [field]: field === "video" ? url : [url],
});

/** Creates a reserved job; returns its video as JSON. */
async function startJob(
  c: Call,
  caller: Caller,
  { jobId, isNew }: { jobId: string; isNew: boolean },
  plan: Plan,
  source: SourceVideo | undefined,
  { callbackUrl, retriesSilently }: Extras,
): Promise<string | { error: ApiErrorDetails }> {
  const job = jobOf(c.env, jobId);
  const owner = ownerOf(caller);
  // A job that exists has its images already, or has even deleted them.
  const existing = isNew ? undefined : await job.read(owner);
  if (existing !== undefined) return existing;
  const { request, uploads } = await storeImages(c.env, originOf(c), jobId, plan);
  const video = source?.field && videoField(source.field, await sourceUrl(c, source.id));
  const spec: JobSpec = {
    owner: owner.account,
    keyId: caller.key.id,
    ...(owner.user !== undefined && { user: owner.user }),
    request: { ...request, ...video } as JobSpec["request"],
    provider: plan.provider,
    reservedMicroUsd: plan.reservedMicroUsd,
    seconds: plan.seconds,
    size: plan.size,
    origin: originOf(c),
    uploads,
    createdAt: Date.now(),
    ...retentionOf(caller),
    labels: plan.labels,
    ...(plan.catalog && { catalog: plan.catalog }),
    ...(source && { remixedFrom: source.id }),
    ...(callbackUrl !== undefined && { callbackUrl }),
  };
  // With a source the provider receives another request than the one that was planned.
  const create = () => job.create(spec, video ? undefined : plan.offers);
  const created = await (retriesSilently ? createConfirmed(job, create) : create());
  if ("error" in created) {
    await c.env.VIDEO_BUCKET.delete(uploads);
    return { error: created.error };
  }
  return created.video;
}

/**
 * Creates a job for a client that would repeat it after a 5xx: only if it is known that nothing was created, because the
 * repetition would be paid again.
 */
async function createConfirmed(job: JobRpc, create: () => ReturnType<JobRpc["create"]>): ReturnType<JobRpc["create"]> {
  try {
    return await create().catch(create);
  } catch (error) {
    log("error", { step: "create", code: errorCode(error) });
    if (await job.abandon().catch(() => false)) throw error;
    throw apiError("submission_unknown", "The video may have been created. Look for it in `GET /v1/videos`.", {
      mayRetryItself: false,
    });
  }
}

/** Until the provider has fetched it. */
async function sourceUrl(c: Call, id: string): Promise<string> {
  return originOf(c) + (await signedPath(c.env, `/v1/videos/${id}/content?index=0`, Date.now() + IMAGE_URL_TTL_MS));
}

/** Which retry the published SDKs say this is, 0 for none; `undefined` for other clients. */
function retryCountOf(c: Call): number | undefined {
  const header = c.req.header("x-stainless-retry-count");
  if (header === undefined) return undefined;
  const count = Number(header);
  return Number.isSafeInteger(count) && count > 0 ? count : 0;
}

/** Stores the images that were sent under the job's id, and replaces them by signed URLs. */
async function storeImages(env: Env, origin: string, jobId: string, { request }: Plan) {
  const images = new Set<UploadedImage>();
  mapImages(request, (image) => images.add(image));
  const expiresAt = Date.now() + IMAGE_URL_TTL_MS;
  const store = async (image: UploadedImage) => {
    const key = `uploads/${jobId}/${image.name}`;
    const path = await signedPath(env, `/${key}`, expiresAt);
    await storeImage(env, key, image);
    return { image, key, url: origin + path };
  };
  const stored = await Promise.all([...images].map(store));
  const urls = new Map(stored.map(({ image, url }) => [image, url]));
  const uploads = [...new Set(stored.map(({ key }) => key))];
  return { request: mapImages(request, (image) => urls.get(image)), uploads };
}

/** @throws {ApiError} if it has characters that none may have. */
export function idempotencyKey(c: Call): string | undefined {
  const key = c.req.header("idempotency-key");
  if (key === undefined || /^[\x20-\x7e]{1,255}$/.test(key)) return key;
  throw apiError("invalid_request", "`Idempotency-Key` must have 1 to 255 printable ASCII characters.", {
    param: "Idempotency-Key",
  });
}

/** The same text for the same meaning: keys are sorted, and images are named by their content. */
export function canonical(value: unknown): string {
  return JSON.stringify(value, (_, inner: unknown) => {
    if (typeof inner !== "object" || inner === null || Array.isArray(inner)) return inner;
    if (inner instanceof UploadedImage) return inner.name;
    return Object.fromEntries(Object.entries(inner).sort(([a], [b]) => (a < b ? -1 : 1)));
  });
}

export async function sha256(text: string): Promise<string> {
  return toHex(new Uint8Array(await crypto.subtle.digest("SHA-256", new TextEncoder().encode(text))));
}
