// A remixId: the same model, provider and duration as the source's, with another prompt.
import type { Ask } from "./create-request.js";
import { jsonOf, LIMITS } from "./body.js";
import type { Call } from "./context.js";
import { callerOf, jobNamed, jsonText } from "./context.js";
import { listingsOf, paramOf } from "./catalog.js";
import { noSuchVideo, refused } from "./errors.js";
import { place } from "./create.js";

export async function remix(c: Call): Promise<Response> {
  const owner = await callerOf(c, "CREATE_LIMITER");
  const id = c.req.param("id") ?? "";
  const prompt = promptOf(await jsonOf(c.req.raw, LIMITS.small));
  const source = await jobNamed(c.env, id).facts(owner.hash);
  if (!source) throw noSuchVideo();
  const { order, outcome } = source;
  if (source.status !== "completed" || !outcome) {
    throw refused("not_ready", "Only a completed video can be remixed.", { param: "video_id" });
  }
  const { provider, model, handle } = outcome;
  const remixId = outcome.videos.find((video) => video.remixId !== undefined)?.remixId;
  const listing = listingsOf(model).find(({ providerModelId }) => providerModelId === handle.providerModelId);
  if (remixId === undefined || !listing || !paramOf(listing, "remixId")) {
    throw refused("remix_not_supported", "This video's provider cannot remix it.", {
      param: "video_id",
    });
  }
  const { duration } = order.request;
  const ask: Ask = {
    request: { model, prompt, remixId: remixId, ...(duration !== undefined && { duration }) },
    provider,
    allowUnknownCost: false,
    applyOpenAIDefaults: false,
    issues: [],
    words: { prompt: "prompt" },
  };
  return jsonText(await place(c, owner, ask, { id, seconds: order.seconds, size: order.size }));
}

function promptOf(body: unknown): string {
  const fields = typeof body === "object" && body !== null ? Object.entries(body) : [];
  const [other] = fields.find(([name]) => name !== "prompt") ?? [];
  if (other !== undefined) {
    const message = "A remix takes a `prompt` and nothing else: it has its source's duration.";
    throw refused("invalid_request", message, { param: other });
  }
  const prompt: unknown = fields[0]?.[1];
  if (typeof prompt === "string" && prompt !== "") return prompt;
  throw refused("invalid_request", "A remix needs a `prompt`.", { param: "prompt" });
}
