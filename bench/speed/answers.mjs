// Parsing one poll response of a running job from memory: only the client's own work is measured.
import { createFalClient } from "@fal-ai/client";
import OpenAI from "openai";
import Replicate from "replicate";
import { advance, plan } from "../../pkg/dist/core/core.js";
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
  const options = { provider: "runpod", availableProviders: ["runpod"] };
  let [at] = plan(both, options, { longPoll: false }, () => ID.slice(0, 36));
  const pass = (input) => (at = advance(at.state, input));
  const outputOf = (kind) => at.outputs.find(({ type }) => type === kind);
  const response = (body) => ({
    type: "response",
    id: outputOf("transmit").id,
    status: 200,
    retryAfter: null,
    text: JSON.stringify(body),
  });
  pass({ type: "saved", revision: 1 });
  pass(response({ id: ID, status: "IN_QUEUE" }));
  pass({ type: "saved", revision: 2 });
  while (!outputOf("transmit")) pass({ type: "timeout" });
  const { state } = at;
  const answer = response({ id: ID, status: "IN_PROGRESS", delayTime: 1200 });
  return () => advance(state, answer);
}

/** By client. */
export const answers = {
  "filmgate, the machine alone": step(),
  "`@fal-ai/client`, `queue.status`": () => fal.queue.status("fal-ai/sora-2", { requestId: ID }),
  "`replicate`, `predictions.get`": () => replicate.predictions.get(ID),
  "`openai`, `videos.retrieve`": () => openai.videos.retrieve(ID),
};
