// Generates one video on each simulated provider, in this process: `npm run build`, then `node examples/generate.mjs`.
// With RUNPOD_API_KEY and RUNWARE_API_KEY in the environment, `createFilmgate()` without options uses the real
// providers, and costs real money.
import { createFilmgate } from "../pkg/dist/index.js";
import { createSimulator } from "../pkg/dist/testing/index.js";

const client = createFilmgate(createSimulator({ jobDurationMs: 4_000 }).options);

const request = {
  model: "p-video",
  prompt: "She opens her hands. The soft crackling of the dying fire.",
  image: "https://example.com/baker.jpeg",
  duration: 4,
  resolution: "720p",
};

for (const quote of client.quote(request)) {
  if (quote.available) console.log(quote.provider, quote.basis, quote.minUsd, "to", quote.maxUsd);
}

for (const provider of ["runpod", "runware"]) {
  const job = await client.submit(request, { provider, maxCostUsd: 2 });
  for await (const { status, progress = 0 } of job) {
    console.log(`${provider}: ${status}, ${Math.round(progress * 100)} %`);
  }
  const { videos, costUsd } = await job.result();
  console.log(`${provider}: ${videos[0].url} for $${costUsd}`);
}
