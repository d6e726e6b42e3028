// Parsing one poll response of a running job from memory: only the client's own work is measured.
import { createFalClient } from "@fal-ai/client";
import OpenAI from "openai";
import Replicate from "replicate";
import { call } from "../../pkg/dist/core/instance.js";
import { createFilmgate } from "../../pkg/dist/index.js";
import { both } from "./requests.mjs";

const KEY = "any-key";
const ID = "9d3c1d4e-6f0b-4d57-8a0e-3c2b1a0f9e8d-u1";
const answering = (body) => async () =>
  new Response(JSON.stringify(body), { headers: { "content-type": "application/json" } });

const fal = createFalClient({
  credentials: KEY,
  suppressLocalCredentialsWarning: true,
  fetch: answering({ status: "IN_PROGRESS", request_id: ID, logs: null }),
});
const replicate = new Replicate({
  auth: KEY,
  fetch: answering({ id: ID, status: "processing", output: null, error: null, input: {}, logs: "" }),
});
const openai = new OpenAI({
  apiKey: KEY,
  dangerouslyAllowBrowser: true,
  fetch: answering({ id: ID, object: "video", status: "in_progress", progress: 10 }),
});

/** filmgate's machine, from the state in which it waits for that response. */
function step() {
  createFilmgate();
  const now = Date.now();
  const options = { provider: "runpod", availableProviders: ["runpod"] };
  let [at] = call((core) => core.plan(both, options, { longPoll: false }, now, () => ID.slice(0, 36)));
  const tell = (input) => (at = call((core) => core.advance(at.state, now, input)));
  const asked = () => at.outputs.find(({ type }) => type === "transmit").id;
  const response = (id, body) => ({
    type: "response",
    id,
    status: 200,
    retryAfter: null,
    text: JSON.stringify(body),
  });
  tell({ type: "saved", revision: 1 });
  tell({ type: "response", ...response(asked(), { id: ID, status: "IN_QUEUE" }) });
  tell({ type: "saved", revision: 2 });
  const { at: later } = at.outputs.find(({ type }) => type === "timeout");
  const { state, outputs } = call((core) => core.advance(at.state, later, { type: "timeout" }));
  const { id } = outputs.find(({ type }) => type === "transmit");
  const answer = response(id, { id: ID, status: "IN_PROGRESS", delayTime: 1200 });
  return () => call((core) => core.advance(state, later + 300, answer));
}

/** By client. */
export const answers = {
  "filmgate, the machine alone": step(),
  "`@fal-ai/client`, `queue.status`": () => fal.queue.status("fal-ai/sora-2", { requestId: ID }),
  "`replicate`, `predictions.get`": () => replicate.predictions.get(ID),
  "`openai`, `videos.retrieve`": () => openai.videos.retrieve(ID),
};
