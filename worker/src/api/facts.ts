// What anyone may know of the gateway.
import { providersOf } from "../film.js";
import type { Call } from "./context.js";

export const healthz = (c: Call): Response =>
  c.json({ ok: true, providers: providersOf(c.env) }, 200, { "cache-control": "no-store" });

export const openapi = (c: Call): Promise<Response> => c.env.ASSETS.fetch(c.req.raw);
