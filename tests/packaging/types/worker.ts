// Compiled, never run: a Worker, with Cloudflare's own types.
import { createFilmgate, memoryStore } from "filmgate";
import { filmgate } from "filmgate/ai-sdk";
import module from "filmgate/filmgate.wasm";
import { initWasm } from "filmgate/slim";
import { createSimulator } from "filmgate/testing";

initWasm(module);

interface Env {
  RUNWARE_API_KEY: string;
}

export default {
  async fetch(request, env) {
    const runware = { apiKey: env.RUNWARE_API_KEY };
    const client = createFilmgate({ runware, store: memoryStore(), fetch });
    const { signal } = request;
    const outcome = await client.generate({ model: "wan-2.6", prompt: "A lighthouse", duration: 5 }, { signal });
    return Response.json(outcome);
  },
} satisfies ExportedHandler<Env>;

export const forTests = createFilmgate(createSimulator().options);
export const model = filmgate.video("wan-2.6");
