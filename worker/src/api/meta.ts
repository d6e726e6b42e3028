// What anyone may know of the gateway.
import { providersOf } from "../client.js";
import type { Call } from "./context.js";

export const healthz = (c: Call): Response =>
  c.json({ ok: true, providers: providersOf(c.env) }, 200, { "cache-control": "no-store" });

export async function openapi(c: Call): Promise<Response> {
  const file = await c.env.ASSETS.fetch(c.req.raw);
  // Another worker's answer is not to be changed, a copy of it is.
  return new Response(file.body, file);
}
