// Films one video through a gateway, and keeps it: GATEWAY_URL and GATEWAY_TOKEN say which and whose.
import { createFilmgate } from "../pkg/dist/index.js";
import { fileSink, folderStore } from "../pkg/dist/node/index.js";

const film = createFilmgate({
  gateway: {
    url: process.env.GATEWAY_URL ?? "http://127.0.0.1:8787",
    token: () => process.env.GATEWAY_TOKEN ?? "", // asked before each request
  },
  store: folderStore("jobs"),
});

const request = { model: "wan-2.6", prompt: "A fox in the snow", duration: 5, resolution: "720p" };
const job = await film.submit(request, { provider: "cheapest", maxCostUsd: 1 });
for await (const { status, progress = 0 } of job) {
  console.log(`${status}, ${Math.round(progress * 100)} %`);
}
const { videos, costUsd, handle } = await job.result();
await film.download(videos[0], fileSink("fox.mp4"));
console.log(`${handle.jobId}, filmed by ${handle.provider} for $${costUsd}`);
