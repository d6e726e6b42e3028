// filmgate in a long-lived process: one client for all jobs, which has generated similar videos before
// and so knows how long they take. Each job still has its own provider: the client's `fetch` finds it
// by the prompt, later by the job's id.
import { createFilmgate } from "../../pkg/dist/index.js";
import { API_KEY, IMAGE, PROMPT, SECONDS } from "./request.mjs";

const NOWHERE = "http://provider.invalid";
const homes = new Map();
let practised;

const filmgate = createFilmgate({
  runpod: { apiKey: API_KEY, baseURL: NOWHERE, longPoll: false },
  fetch: atHome,
});

export const client = {
  async generate({ name, address, practice }) {
    practised ??= Promise.all(practice.map(generate));
    await practised;
    return generate({ name, address });
  },
};

async function generate({ name, address }) {
  const prompt = `${PROMPT} ${name}`;
  homes.set(prompt, address);
  const request = { model: "sora-2-pro", prompt, image: IMAGE, duration: SECONDS };
  const { videos } = await filmgate.generate(request, { provider: "runpod" });
  return { url: videos[0].url };
}

async function atHome(request) {
  const isSubmit = request.method === "POST";
  const body = isSubmit ? await request.text() : undefined;
  const name = isSubmit ? JSON.parse(body).input.prompt : request.url.split("/").at(-1);
  const home = homes.get(name);
  const { method, headers, signal } = request;
  const answer = await fetch(request.url.replace(NOWHERE, home), { method, headers, body, signal });
  if (isSubmit) homes.set((await answer.clone().json()).id, home);
  return answer;
}
