// examples/opentelemetry: a span and metrics for each video, in the words of the conventions for generative AI.
import assert from "node:assert/strict";
import { execFile } from "node:child_process";
import { readFileSync } from "node:fs";
import { createRequire } from "node:module";
import { join } from "node:path";
import { before, test } from "node:test";
import { pathToFileURL } from "node:url";
import { promisify } from "node:util";
import { root } from "../../scripts/lib/run.mjs";

const FOLDER = join(root, "examples", "opentelemetry");
const PROMPT = "A fox in the snow";
const REQUEST = { model: "wan-2.6", prompt: PROMPT, duration: 5, resolution: "720p" };
const require = createRequire(join(FOLDER, "main.mjs"));

let telemetry, createFilmgate, createSimulator, spans, metrics;
before(async () => {
  const load = (name) => import(pathToFileURL(require.resolve(name)));
  const api = require("@opentelemetry/api");
  const { BasicTracerProvider, InMemorySpanExporter, SimpleSpanProcessor } = require("@opentelemetry/sdk-trace-base");
  const { AggregationTemporality, InMemoryMetricExporter, MeterProvider, PeriodicExportingMetricReader } =
    require("@opentelemetry/sdk-metrics");
  const traces = new InMemorySpanExporter();
  api.trace.setGlobalTracerProvider(new BasicTracerProvider({ spanProcessors: [new SimpleSpanProcessor(traces)] }));
  const exporter = new InMemoryMetricExporter(AggregationTemporality.CUMULATIVE);
  const provider = new MeterProvider({ readers: [new PeriodicExportingMetricReader({ exporter, exportIntervalMillis: 1e6 })] });
  api.metrics.setGlobalMeterProvider(provider);
  spans = () => traces.getFinishedSpans();
  metrics = async () => {
    await provider.forceFlush();
    return exporter.getMetrics().at(-1).scopeMetrics.flatMap(({ metrics }) => metrics);
  };
  ({ createFilmgate } = await load("filmgate"));
  ({ createSimulator } = await load("filmgate/testing"));
  ({ videoTelemetry: telemetry } = await import(pathToFileURL(join(FOLDER, "telemetry.mjs"))));
});

test("a span for each video has its cost, and none has a prompt unless asked", async () => {
  const open = (more) => createFilmgate({ ...createSimulator({ jobDurationMs: 100 }).options, onEvent: telemetry(), ...more });
  const client = open();
  const { costUsd, handle } = await client.generate(REQUEST);
  await assert.rejects(client.generate({ ...REQUEST, prompt: `${PROMPT} [fail]` }));
  const [made, failed] = spans();
  assert.equal(made.name, "generate_content wan-2.6");
  const { attributes } = made;
  assert.equal(attributes["gen_ai.provider.name"], handle.provider);
  assert.equal(attributes["filmgate.cost_usd"], costUsd);
  assert.deepEqual([attributes["filmgate.charge"], attributes["filmgate.status"]], ["charged", "completed"]);
  assert.equal(failed.attributes["error.type"], "generation_failed");
  assert.ok(!JSON.stringify([attributes, failed.attributes, failed.status, made.events]).includes(PROMPT));

  await open({ events: { includePrompt: true } }).generate(REQUEST);
  assert.match(spans()[2].attributes["gen_ai.input.messages"], new RegExp(PROMPT));
  const all = await metrics();
  assert.deepEqual(all.map(({ descriptor }) => descriptor.name), ["gen_ai.client.operation.duration", "filmgate.cost"]);
  const [duration, cost] = all.map(({ dataPoints }) => dataPoints);
  assert.equal(duration.reduce((sum, { value }) => sum + value.count, 0), 3);
  const charged = cost.filter((point) => point.attributes["filmgate.charge"] === "charged");
  assert.equal(charged.reduce((sum, { value }) => sum + value, 0), Math.round(2 * costUsd * 1e6));
});

test("each name of generative AI is one of the conventions", () => {
  const names = Object.entries(require("@opentelemetry/semantic-conventions/incubating"))
    .filter(([name]) => /^(ATTR|METRIC)_/.test(name))
    .map(([, value]) => value);
  const used = readFileSync(join(FOLDER, "telemetry.mjs"), "utf8").match(/"(gen_ai|error)\.[\w.]+"/g);
  assert.ok(used.length > 8);
  for (const quoted of used) assert.ok(names.includes(JSON.parse(quoted)), quoted);
});

test("the program prints a span for each video", async () => {
  const { stdout } = await promisify(execFile)(process.execPath, ["main.mjs"], { cwd: FOLDER });
  assert.equal(stdout.match(/name: 'generate_content wan-2.6'/g).length, 2);
  assert.ok(!stdout.includes(PROMPT));
});
