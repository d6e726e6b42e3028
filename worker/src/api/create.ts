// Places an order: lets the account admit it, keeps its pictures, and begins its job. Each step can be repeated.
import { toHex } from "../encoding.js";
import type { Env } from "../env.js";
import { accountOf } from "../stubs.js";
import { signedPath } from "../signing.js";
import type { Admission, Order, TokenFacts } from "../types.js";
import type { Ask } from "./create-request.js";
import { withPictures } from "./create-request.js";
import type { Call } from "./context.js";
import { jobOf, originOf } from "./context.js";
import { refused, Refused } from "./errors.js";
import { planOf } from "./plan.js";
import type { Plan } from "./plan.js";
import { ImageInput } from "./images.js";

/** So long a provider may come for a picture. */
const PICTURE_MS = 24 * 3_600_000;

/** What a remix has of its source. */
interface Source {
  id: string;
  seconds: string;
  size: string;
}

/** Admits and begins a job for what is asked, or finds the one that there is already; answers its video. */
export async function place(c: Call, owner: TokenFacts, ask: Ask, source?: Source): Promise<string> {
  const plan = { ...planOf(c.env, ask), ...source };
  const meant = canonical({ ...ask, issues: undefined, words: undefined, source: source?.id });
  const key = idempotencyKey(c);
  const admitted = await accountOf(c.env, owner.hash).admit({
    jobId: c.env.JOBS.newUniqueId().toString(),
    model: plan.model,
    bodyHash: await sha256(meant),
    isRetry: Number(c.req.header("x-stainless-retry-count") ?? 0) > 0,
    reservedMicroUsd: plan.reservedMicroUsd,
    ...(key !== undefined && { idempotencyKey: key }),
  } satisfies Admission);
  if (admitted.error) throw new Refused(admitted.error);
  const { jobId, isNew } = admitted;
  const job = jobOf(c.env, jobId);
  // One that has begun has had its pictures, or has even dropped them.
  const known = isNew ? undefined : await job.read(owner.hash);
  if (known !== undefined) return known;
  const { request, uploads } = await keepPictures(c.env, originOf(c), jobId, plan);
  const begun = await job.begin({
    owner: owner.hash,
    request: request as Order["request"],
    provider: plan.provider,
    reservedMicroUsd: plan.reservedMicroUsd,
    seconds: plan.seconds,
    size: plan.size,
    origin: originOf(c),
    uploads,
    createdAt: Date.now(),
    ...(source && { remixedFrom: source.id }),
  });
  if ("error" in begun) {
    await c.env.VIDEO_BUCKET.delete(uploads);
    throw new Refused(begun.error);
  }
  return begun.video;
}

/** Keeps the pictures that came along below the job's own name, and puts their addresses in their places. */
async function keepPictures(env: Env, origin: string, jobId: string, { request }: Plan) {
  const pictures = new Set<ImageInput>();
  withPictures(request, (picture) => pictures.add(picture));
  const expiresAt = Date.now() + PICTURE_MS;
  const keep = async (picture: ImageInput) => {
    const key = `uploads/${jobId}/${picture.name}`;
    const httpMetadata = { contentType: picture.type };
    const [path] = await Promise.all([
      signedPath(env, `/${key}`, expiresAt),
      env.VIDEO_BUCKET.put(key, picture.bytes, { httpMetadata }),
    ]);
    return { picture, key, address: origin + path };
  };
  const kept = await Promise.all([...pictures].map(keep));
  const addresses = new Map(kept.map(({ picture, address }) => [picture, address]));
  const uploads = [...new Set(kept.map(({ key }) => key))];
  return { request: withPictures(request, (picture) => addresses.get(picture)), uploads };
}

function idempotencyKey(c: Call): string | undefined {
  const key = c.req.header("idempotency-key");
  if (key === undefined || /^[\x20-\x7e]{1,255}$/.test(key)) return key;
  throw refused("invalid_request", "An `Idempotency-Key` has 1 to 255 printable characters.", {
    param: "Idempotency-Key",
  });
}

/** The same text for the same meaning: keys in order, pictures by what they show. */
function canonical(value: unknown): string {
  return JSON.stringify(value, (_, inner: unknown) => {
    if (typeof inner !== "object" || inner === null || Array.isArray(inner)) return inner;
    if (inner instanceof ImageInput) return inner.name;
    return Object.fromEntries(Object.entries(inner).sort(([a], [b]) => (a < b ? -1 : 1)));
  });
}

async function sha256(text: string): Promise<string> {
  return toHex(new Uint8Array(await crypto.subtle.digest("SHA-256", new TextEncoder().encode(text))));
}
