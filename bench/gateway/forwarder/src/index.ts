// The baseline for the gateway: a bare Worker of Hono and valibot that stores nothing and forwards each request to RunPod.
import { Hono } from "hono";
import * as v from "valibot";

interface Env {
  RUNPOD_API_KEY: string;
  RUNPOD_BASE_URL: string;
}

const CreateBody = v.object({
  model: v.string(),
  prompt: v.pipe(v.string(), v.minLength(1), v.maxLength(5000)),
  seconds: v.optional(v.picklist(["5", "10", "15"]), "5"),
  size: v.optional(v.string()),
});

const app = new Hono<{ Bindings: Env }>();

app.post("/v1/videos", async (context) => {
  const create = v.safeParse(CreateBody, await context.req.json());
  if (!create.success) return context.json({ error: { message: create.issues[0].message } }, 400);
  const { prompt, seconds } = create.output;
  const input = { prompt, duration: Number(seconds), size: "1280*720" };
  const response = await fetch(`${context.env.RUNPOD_BASE_URL}/wan-2-6-t2v/run`, {
    method: "POST",
    headers: { ...bearer(context.env), "content-type": "application/json" },
    body: JSON.stringify({ input }),
  });
  const job = await response.json<{ id: string; status: string }>();
  return context.json({ id: job.id, object: "video", status: job.status }, response.ok ? 200 : 502);
});

app.get("/v1/videos/:id", async (context) => {
  const job = await statusOf(context.env, context.req.param("id"));
  return context.json({ id: job.id, object: "video", status: job.status });
});

app.get("/v1/videos/:id/events", async (context) => {
  const job = await statusOf(context.env, context.req.param("id"));
  const event = `event: update\ndata: ${JSON.stringify({ status: job.status })}\n\n`;
  return context.body(event, 200, { "content-type": "text/event-stream" });
});

async function statusOf(env: Env, id: string): Promise<{ id: string; status: string }> {
  const url = `${env.RUNPOD_BASE_URL}/wan-2-6-t2v/status/${encodeURIComponent(id)}`;
  const response = await fetch(url, { headers: bearer(env) });
  return response.json();
}

const bearer = (env: Env) => ({ authorization: `Bearer ${env.RUNPOD_API_KEY}` });

export default app;
