// Generates a video and one that fails on the simulated providers, and prints their spans: `npm run build` in the
// root, `npm install` here, then `node main.mjs`.
import { trace } from "@opentelemetry/api";
import { BasicTracerProvider, ConsoleSpanExporter, SimpleSpanProcessor } from "@opentelemetry/sdk-trace-base";
import { createFilmgate } from "filmgate";
import { createSimulator } from "filmgate/testing";
import { videoTelemetry } from "./telemetry.mjs";

trace.setGlobalTracerProvider(
  new BasicTracerProvider({ spanProcessors: [new SimpleSpanProcessor(new ConsoleSpanExporter())] }),
);

const { options } = createSimulator({ jobDurationMs: 1_000 });
const client = createFilmgate({ ...options, onEvent: videoTelemetry() });
const request = { model: "wan-2.6", duration: 5, resolution: "720p" };

await client.generate({ ...request, prompt: "A fox in the snow" });
await client.generate({ ...request, prompt: "A fox that is never seen [fail]" }).catch(({ code }) => console.log(code));
