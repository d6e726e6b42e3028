import { createFilmgate } from "filmgate";
import { createSimulator } from "filmgate/testing";
import { digest, generateWith } from "./common/generate.mjs";

const simulator = createSimulator({ jobDurationMs: 300 });
const videos = await generateWith(createFilmgate(simulator.options));
for (const video of videos) {
  const response = await simulator.fetch(video.url);
  video.served = await digest(await response.arrayBuffer());
}
console.log(JSON.stringify({ videos, ledger: simulator.ledger() }));
simulator.close();
