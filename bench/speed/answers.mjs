// Parsing one poll response of a running job from memory: only the client's own work is measured.
import { createFalClient } from "@fal-ai/client";
import OpenAI from "openai";
import Replicate from "replicate";
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

/** By client: a status request, without the network. */
export const pollsOfPeers = {
  "@fal-ai/client": () => fal.queue.status("fal-ai/sora-2", { requestId: ID }),
  replicate: () => replicate.predictions.get(ID),
  openai: () => openai.videos.retrieve(ID),
};

const BODIES = Array.from({ length: 64 }, (_, at) =>
  JSON.stringify({ id: ID, status: "IN_PROGRESS", delayTime: 1_200 + at }),
);

/** By filmgate: its state machine alone, which reads the response. */
export function readersOf(filmgates) {
  let count = 0;
  const rows = Object.entries(filmgates).map(([name, { reader }]) => {
    const read = reader(both, ID);
    if (!read(BODIES[0])) throw new Error(`${name} does not read the response`);
    return [name, () => read(BODIES[(count += 1) % BODIES.length])];
  });
  return Object.fromEntries(rows);
}
