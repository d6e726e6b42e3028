// Creates a job: reserves its cost, stores its images, and starts it. Each step can be repeated.
import { toHex } from "../../../pkg/dist/util/encoding.js";
import type { Env } from "../env.js";
import { ApiError, apiError } from "../errors.js";
import { signedPath } from "../signing.js";
import { accountOf, jobOf } from "../stubs.js";
import type { ApiErrorDetails, ApiKeyInfo, JobSpec, ReservationRequest } from "../types.js";
import type { Call } from "./context.js";
import { callerOf, jsonText, originOf } from "./context.js";
import { mapImages, readCreateRequest } from "./create-request.js";
import type { CreateRequest } from "./create-request.js";
import { UploadedImage } from "./images.js";
import { planJob, quotesOf } from "./plan.js";
import type { Plan } from "./plan.js";

/** How long a provider can fetch an image. */
const IMAGE_URL_TTL_MS = 24 * 3_600_000;

/** What a remix takes from its source. */
interface RemixSource {
  id: string;
  seconds: string;
  size: string;
}

export async function createVideo(c: Call): Promise<Response> {
  const owner = await callerOf(c, "CREATE_LIMITER");
  return jsonText(await createJob(c, owner, await readCreateRequest(c.req.raw)));
}

/** The price at every provider. Stores and sends nothing. */
export async function quoteVideo(c: Call): Promise<Response> {
  await callerOf(c, "READ_LIMITER");
  const { quotes, warnings } = quotesOf(c.env, await readCreateRequest(c.req.raw));
  const list = { object: "list", data: quotes, issues: warnings };
  return c.json(list, 200, { "cache-control": "no-store" });
}

/** Creates a job, or finds the existing job of the same request; returns its video as JSON. */
export async function createJob(
  c: Call,
  owner: ApiKeyInfo,
  create: CreateRequest,
  source?: RemixSource,
): Promise<string> {
  const plan = { ...planJob(c.env, create), ...source };
  const meaning = canonical({ ...create, issues: undefined, paramNames: undefined, source: source?.id });
  const key = idempotencyKey(c);
  const bodyHash = await sha256(meaning);
  let retryCount = retryCountOf(c);
  for (;;) {
    const reservation = await accountOf(c.env, owner.hash).reserve({
      jobId: c.env.JOBS.newUniqueId().toString(),
      model: plan.model,
      bodyHash,
      retryCount,
      reservedMicroUsd: plan.reservedMicroUsd,
      ...(key !== undefined && { idempotencyKey: key }),
    } satisfies ReservationRequest);
    if (reservation.error) throw new ApiError(reservation.error);
    const video = await startJob(c, owner, reservation, plan, source);
    if (typeof video === "string") return video;
    // A retry without a key that found a deleted job is a request of its own.
    if (reservation.isNew || key !== undefined) throw new ApiError(video.error);
    retryCount = 0;
  }
}

/** Creates a reserved job; returns its video as JSON. */
async function startJob(
  c: Call,
  owner: ApiKeyInfo,
  { jobId, isNew }: { jobId: string; isNew: boolean },
  plan: Plan,
  source?: RemixSource,
): Promise<string | { error: ApiErrorDetails }> {
  const job = jobOf(c.env, jobId);
  // A job that exists has its images already, or has even deleted them.
  const existing = isNew ? undefined : await job.read(owner.hash);
  if (existing !== undefined) return existing;
  const { request, uploads } = await storeImages(c.env, originOf(c), jobId, plan);
  const created = await job.create({
    owner: owner.hash,
    request: request as JobSpec["request"],
    provider: plan.provider,
    reservedMicroUsd: plan.reservedMicroUsd,
    seconds: plan.seconds,
    size: plan.size,
    origin: originOf(c),
    uploads,
    createdAt: Date.now(),
    ...(source && { remixedFrom: source.id }),
  });
  if ("error" in created) {
    await c.env.VIDEO_BUCKET.delete(uploads);
    return { error: created.error };
  }
  return created.video;
}

/** Which retry the published SDKs say this is; 0: none. */
function retryCountOf(c: Call): number {
  const count = Number(c.req.header("x-stainless-retry-count") ?? 0);
  return Number.isSafeInteger(count) && count > 0 ? count : 0;
}

/** Stores the images that were sent under the job's id, and replaces them by signed URLs. */
async function storeImages(env: Env, origin: string, jobId: string, { request }: Plan) {
  const images = new Set<UploadedImage>();
  mapImages(request, (image) => images.add(image));
  const expiresAt = Date.now() + IMAGE_URL_TTL_MS;
  const store = async (image: UploadedImage) => {
    const key = `uploads/${jobId}/${image.name}`;
    const httpMetadata = { contentType: image.type };
    const [path] = await Promise.all([
      signedPath(env, `/${key}`, expiresAt),
      env.VIDEO_BUCKET.put(key, image.bytes, { httpMetadata }),
    ]);
    return { image, key, url: origin + path };
  };
  const stored = await Promise.all([...images].map(store));
  const urls = new Map(stored.map(({ image, url }) => [image, url]));
  const uploads = [...new Set(stored.map(({ key }) => key))];
  return { request: mapImages(request, (image) => urls.get(image)), uploads };
}

function idempotencyKey(c: Call): string | undefined {
  const key = c.req.header("idempotency-key");
  if (key === undefined || /^[\x20-\x7e]{1,255}$/.test(key)) return key;
  throw apiError("invalid_request", "`Idempotency-Key` must have 1 to 255 printable ASCII characters.", {
    param: "Idempotency-Key",
  });
}

/** The same text for the same meaning: keys are sorted, and images are named by their content. */
function canonical(value: unknown): string {
  return JSON.stringify(value, (_, inner: unknown) => {
    if (typeof inner !== "object" || inner === null || Array.isArray(inner)) return inner;
    if (inner instanceof UploadedImage) return inner.name;
    return Object.fromEntries(Object.entries(inner).sort(([a], [b]) => (a < b ? -1 : 1)));
  });
}

async function sha256(text: string): Promise<string> {
  return toHex(new Uint8Array(await crypto.subtle.digest("SHA-256", new TextEncoder().encode(text))));
}
