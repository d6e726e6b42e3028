// Remixes: the model, provider and duration of a source video, with another prompt.
import { ApiError, apiError, EXPIRED, videoNotFound } from "../errors.js";
import type { JobInfo, Owner } from "../types.js";
import { listingsOf, paramOf } from "./catalog.js";
import type { Call } from "./context.js";
import { callerOf, jobOfVideo, jsonText, ownerOf } from "./context.js";
import { invalid, isObject, newRequest, OPENAI, readExtension } from "./create-request.js";
import type { CreateRequest } from "./create-request.js";
import { createPlanned, untilDone } from "./create.js";
import type { SourceVideo, VideoField } from "./create.js";
import { isPlannable } from "./plan.js";
import { jsonOf, LIMITS } from "./request-body.js";
import { PLACEHOLDER_URL } from "./urls.js";

/** Fields of the source that a new request keeps, where its listing takes them. */
const KEPT_FIELDS = ["duration", "size", "resolution", "aspectRatio"] as const;

export async function remixVideo(c: Call): Promise<Response> {
  const caller = await callerOf(c, "CREATE_LIMITER");
  const id = c.req.param("id") ?? "";
  const { prompt, ...limits } = bodyOf(await jsonOf(c.req.raw, LIMITS.small));
  const video = createPlanned(c, caller, { remix: id, prompt, ...limits }, async () => {
    const info = await completedVideo(c, id, ownerOf(caller), "video_id");
    const { create, source } = remixRequest(c, id, info, prompt);
    return { create: { ...create, ...limits }, source };
  });
  return untilDone(c, video.then((text) => jsonText(text)));
}

/** A completed video of the caller, within its retention. @throws {ApiError} naming `param` if there is none. */
export async function completedVideo(c: Call, id: string, owner: Owner, param: string): Promise<JobInfo> {
  const info = await jobOfVideo(c.env, id).info(owner);
  if (!info) throw videoNotFound();
  if (info.status !== "completed" || !info.outcome) {
    throw apiError("not_ready", "Only a completed video can be the source of another.", { param });
  }
  if (info.isExpired) throw new ApiError(EXPIRED);
  return info;
}

/** The provider's own remix or, if it has none, a request whose input is the source's video. */
function remixRequest(
  c: Call,
  id: string,
  { spec, outcome }: JobInfo,
  prompt: string,
): { create: CreateRequest; source: SourceVideo } {
  const { provider, model, handle, videos } = outcome!;
  const listings = listingsOf(model);
  const listing = listings.find(({ providerModelId }) => providerModelId === handle.providerModelId);
  const remixId = videos.find((video) => video.remixId !== undefined)?.remixId;
  if (remixId !== undefined && listing && paramOf(listing, "remixId")) {
    const { duration } = spec.request;
    const kept = { ...(duration !== undefined && { duration }) };
    const create = { ...remixOf({ model, prompt, remixId, ...kept }), provider };
    return { create, source: { id } };
  }
  for (const field of VIDEO_FIELDS.filter((field) => listings.some((one) => paramOf(one, field)))) {
    const create = nearestRequest(c, field, { model, prompt }, spec.request as Record<string, unknown>);
    if (create) return { create, source: { id, field } };
  }
  throw apiError("remix_not_supported", `No provider of \`${model}\` takes a video as its input.`, {
    param: "video_id",
  });
}

/** One that the model changes, before those that it only looks at. */
export const VIDEO_FIELDS: readonly VideoField[] = ["video", "referenceVideos"];

/** As much of the source's request as a listing takes beside its video; `undefined` if none takes even the rest. */
function nearestRequest(
  c: Call,
  field: VideoField,
  wanted: Record<string, unknown>,
  sourceRequest: Record<string, unknown>,
): CreateRequest | undefined {
  const kept = KEPT_FIELDS.filter((name) => sourceRequest[name] !== undefined);
  for (let count = kept.length; count >= 0; count -= 1) {
    const some = Object.fromEntries(kept.slice(0, count).map((name) => [name, sourceRequest[name]]));
    const create = remixOf({ ...wanted, ...some });
    const video = field === "video" ? PLACEHOLDER_URL : [PLACEHOLDER_URL];
    if (isPlannable(c.env, { ...create, request: { ...create.request, [field]: video } })) return create;
  }
  return undefined;
}

const remixOf = (request: Record<string, unknown>): CreateRequest => ({
  ...newRequest(OPENAI),
  request,
  applyDefaults: false,
  paramNames: { prompt: "prompt" },
});

/** Of the package's fields only those that limit the price. */
const LIMIT_FIELDS = ["maxCostUsd", "allowUnknownCost"];

function bodyOf(body: unknown): { prompt: string } & Partial<Pick<CreateRequest, "maxMicroUsd" | "allowUnknownCost">> {
  const { prompt, filmgate, ...others } = isObject(body) ? body : {};
  const extension = filmgate ?? {};
  const create = newRequest(OPENAI);
  readExtension(create, extension);
  const unknown = Object.keys(extension).filter((name) => !LIMIT_FIELDS.includes(name));
  const [other] = [...Object.keys(others), ...unknown.map((name) => `filmgate.${name}`)];
  if (other !== undefined) {
    const message = "A remix accepts `prompt`, `filmgate.maxCostUsd` and `filmgate.allowUnknownCost`: the rest comes from its source.";
    throw invalid(other, message);
  }
  if (typeof prompt !== "string" || prompt === "") throw invalid("prompt", "A remix needs a `prompt`.");
  const { maxMicroUsd, allowUnknownCost } = create;
  return { prompt, ...(maxMicroUsd !== undefined && { maxMicroUsd }), ...(allowUnknownCost && { allowUnknownCost }) };
}
