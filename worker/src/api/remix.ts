// Remixes: the model, provider and duration of a source video, with another prompt.
import { apiError, videoNotFound } from "../errors.js";
import { listingsOf, paramOf } from "./catalog.js";
import type { Call } from "./context.js";
import { callerOf, jobOfVideo, jsonText } from "./context.js";
import type { CreateRequest } from "./create-request.js";
import { createJob } from "./create.js";
import { jsonOf, LIMITS } from "./request-body.js";

export async function remixVideo(c: Call): Promise<Response> {
  const owner = await callerOf(c, "CREATE_LIMITER");
  const id = c.req.param("id") ?? "";
  const prompt = promptOf(await jsonOf(c.req.raw, LIMITS.small));
  const source = await jobOfVideo(c.env, id).info(owner.hash);
  if (!source) throw videoNotFound();
  const { spec, outcome } = source;
  if (source.status !== "completed" || !outcome) {
    throw apiError("not_ready", "Only a completed video can be remixed.", { param: "video_id" });
  }
  const { provider, model, handle } = outcome;
  const remixId = outcome.videos.find((video) => video.remixId !== undefined)?.remixId;
  const listing = listingsOf(model).find(
    ({ providerModelId }) => providerModelId === handle.providerModelId,
  );
  if (remixId === undefined || !listing || !paramOf(listing, "remixId")) {
    throw apiError("remix_not_supported", "This video's provider does not support remixes.", {
      param: "video_id",
    });
  }
  const { duration } = spec.request;
  const create: CreateRequest = {
    request: { model, prompt, remixId, ...(duration !== undefined && { duration }) },
    provider,
    allowUnknownCost: false,
    applyOpenAIDefaults: false,
    issues: [],
    paramNames: { prompt: "prompt" },
  };
  return jsonText(await createJob(c, owner, create, { id, seconds: spec.seconds, size: spec.size }));
}

function promptOf(body: unknown): string {
  const fields = typeof body === "object" && body !== null ? Object.entries(body) : [];
  const [other] = fields.find(([name]) => name !== "prompt") ?? [];
  if (other !== undefined) {
    const message = "A remix accepts a `prompt` and nothing else: the rest comes from its source.";
    throw apiError("invalid_request", message, { param: other });
  }
  const prompt: unknown = fields[0]?.[1];
  if (typeof prompt === "string" && prompt !== "") return prompt;
  throw apiError("invalid_request", "A remix needs a `prompt`.", { param: "prompt" });
}
