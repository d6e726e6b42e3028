/** @jest-environment ./jsdom.mjs */
import { createFilmgate } from "filmgate";
import { createSimulator } from "filmgate/testing";

for (const provider of ["runpod", "runware"]) {
  test(`generates in a page of jsdom by ${provider}`, async () => {
    const simulator = createSimulator({ jobDurationMs: 300 });
    const client = createFilmgate(simulator.options);
    const request = { model: "wan-2.6", prompt: "A lighthouse", duration: 5, resolution: "720p" };
    const { videos } = await client.generate(request, { provider });
    const { byteLength } = await (await client.download(videos[0])).arrayBuffer();
    expect(byteLength).toBeGreaterThan(1_000);
    expect(document.body).toBeDefined();
    simulator.close();
  }, 60_000);
}
