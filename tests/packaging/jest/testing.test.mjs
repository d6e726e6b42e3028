import { createFilmgate } from "filmgate";
import { createSimulator } from "filmgate/testing";

test("generates in the process", async () => {
  const simulator = createSimulator({ jobDurationMs: 300 });
  const request = { model: "wan-2.6", prompt: "A lighthouse", duration: 5, resolution: "720p" };
  const { videos } = await createFilmgate(simulator.options).generate(request);
  expect(videos).toHaveLength(1);
  expect(simulator.charges()).toHaveLength(1);
  simulator.close();
}, 60_000);
