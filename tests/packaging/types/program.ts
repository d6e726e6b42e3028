// Compiled, never run: a program for Node, whose libraries know no page.
import { readFileSync } from "node:fs";
import { createFilmgate } from "filmgate";
import { createFilmgateProvider } from "filmgate/ai-sdk";
import { fileSink, folderStore } from "filmgate/node";
import { initWasm } from "filmgate/slim";
import { createSimulator } from "filmgate/testing";

initWasm(readFileSync(new URL(import.meta.resolve("filmgate/filmgate.wasm"))));
const simulator = createSimulator();
const client = createFilmgate({ ...simulator.options, store: folderStore("jobs") });
const request = { model: "wan-2.6", prompt: "A lighthouse" };
const { videos } = await client.generate(request, { signal: AbortSignal.timeout(1000) });
for (const video of videos) await client.download(video, fileSink("video.mp4"));
for (const video of videos) await client.download(video, new WritableStream());
export const model = createFilmgateProvider({ client }).video("wan-2.6");
