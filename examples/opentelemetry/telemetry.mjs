// An `onEvent` that writes a span and metrics for each video, by OpenTelemetry's conventions for generative AI
// (https://opentelemetry.io/docs/specs/semconv/gen-ai/). It needs the API alone: without an SDK it does nothing.
import { SpanKind, SpanStatusCode, context, metrics, trace } from "@opentelemetry/api";

const OPERATION = "generate_content";
const MICRO_USD = 1e6;

/** @returns {(event: import("filmgate").ClientEvent) => void} */
export function videoTelemetry() {
  const tracer = trace.getTracer("filmgate");
  const meter = metrics.getMeter("filmgate");
  const duration = meter.createHistogram("gen_ai.client.operation.duration", {
    unit: "s",
    advice: { explicitBucketBoundaries: [1, 2, 5, 10, 20, 40, 80, 160, 320, 640, 1280] },
  });
  const cost = meter.createCounter("filmgate.cost", { unit: "{micro_usd}" });
  const downloaded = meter.createCounter("filmgate.download.size", { unit: "By" });
  /** @type {Map<string, import("@opentelemetry/api").Span>} */
  const open = new Map();

  /** The job's span. That of a job of another process begins when its submit was sent. */
  const spanOf = ({ id, model, provider, providerModelId, n, createdAt }) => {
    const attributes = {
      "gen_ai.operation.name": OPERATION,
      "gen_ai.provider.name": provider,
      "gen_ai.request.model": model,
      "gen_ai.response.model": providerModelId,
      "gen_ai.request.choice.count": n,
      "gen_ai.output.type": "video",
      "gen_ai.response.id": id,
    };
    const how = { kind: SpanKind.CLIENT, startTime: createdAt, attributes };
    return tracer.startSpan(`${OPERATION} ${model}`, how, context.active());
  };

  return (event) => {
    if (event.type === "download") {
      if (event.bytes !== undefined) downloaded.add(event.bytes);
      return;
    }
    const { handle } = event;
    const span = open.get(handle.id) ?? spanOf(handle);
    open.set(handle.id, span);
    if (event.type === "submitted" && event.prompt !== undefined) {
      const message = { role: "user", parts: [{ type: "text", content: event.prompt }] };
      span.setAttribute("gen_ai.input.messages", JSON.stringify([message]));
    }
    if (event.type === "accepted") span.addEvent("filmgate.accepted");
    if (event.type === "progress" && event.error) span.addEvent("filmgate.trouble", { "error.type": event.error.code });
    if (event.type !== "ended") return;
    open.delete(handle.id);
    const { charge, costUsd, error, status } = event;
    const outcome = { "filmgate.status": status, "filmgate.charge": charge, ...(error && { "error.type": error.code }) };
    span.setAttributes({ ...outcome, ...(costUsd !== undefined && { "filmgate.cost_usd": costUsd }) });
    if (error) span.setStatus({ code: SpanStatusCode.ERROR, message: error.message });
    span.end();
    const dimensions = {
      "gen_ai.operation.name": OPERATION,
      "gen_ai.provider.name": handle.provider,
      "gen_ai.request.model": handle.model,
      ...(error && { "error.type": error.code }),
    };
    duration.record((Date.now() - handle.createdAt) / 1000, dimensions);
    // What may have been billed counts in full.
    const dueUsd = costUsd ?? (charge === "none" ? 0 : (handle.quote?.max ?? 0) / MICRO_USD);
    cost.add(Math.round(dueUsd * MICRO_USD), { ...dimensions, "filmgate.charge": charge });
  };
}
