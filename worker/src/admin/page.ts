// The admin page: the files of public/admin/, under a policy that allows nothing else.
import { Hono } from "hono/tiny";
import type { Env } from "../env.js";
import { notFound } from "../errors.js";

const HEADERS = {
  "content-security-policy": [
    "default-src 'none'",
    "script-src 'self'",
    "style-src 'self'",
    "connect-src 'self'",
    // Posters are fetched with the admin token; videos are played from signed URLs of this origin.
    "img-src data: blob:",
    "media-src 'self'",
    "base-uri 'none'",
    "form-action 'none'",
    "frame-ancestors 'none'",
    "require-trusted-types-for 'script'",
    "trusted-types 'none'",
  ].join("; "),
  "x-content-type-options": "nosniff",
  "referrer-policy": "no-referrer",
  "cross-origin-opener-policy": "same-origin",
  "cross-origin-resource-policy": "same-origin",
  "cache-control": "no-cache",
};

export const page = new Hono<{ Bindings: Env }>();

page.get("/", ({ env }) => serve(env, "index.html"));
page.get("/:file{[a-z-]+\\.(?:js|css)}", ({ env, req }) => serve(env, req.param("file")));

async function serve(env: Env, file: string): Promise<Response> {
  // The binding ignores the origin.
  const { status, body, headers } = await env.ASSETS.fetch(`https://assets.invalid/admin/${file}`);
  if (status !== 200) throw notFound();
  const type = headers.get("content-type") ?? "";
  return new Response(body, { headers: { ...HEADERS, "content-type": type } });
}
