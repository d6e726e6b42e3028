// Replicate's client: `run` submits and waits. By default it holds the submit open; it can poll
// instead.
import Replicate from "replicate";
import { API_KEY, IMAGE, PROMPT, SECONDS } from "./request.mjs";

const LIMIT_S = 3;
const at = (baseUrl) => new Replicate({ auth: API_KEY, baseUrl });
const fileOf = (output) => ({ url: typeof output === "string" ? output : output?.url().href });

const withOptions = (options) => ({
  async generate({ address, limited, keep }) {
    const input = { prompt: PROMPT, input_reference: IMAGE, seconds: SECONDS };
    const given = { input, ...options(limited) };
    return fileOf(await at(address).run("openai/sora-2-pro", given, keep));
  },

  async find({ address, id }) {
    const { output } = await at(address).predictions.get(id);
    return { url: output ?? undefined };
  },
});

export const blocking = withOptions((limited) =>
  limited ? { wait: { mode: "block", timeout: LIMIT_S } } : {},
);

export const polling = withOptions((limited) => ({
  wait: { mode: "poll" },
  ...(limited && { signal: AbortSignal.timeout(LIMIT_S * 1000) }),
}));
