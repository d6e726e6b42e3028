// The admin's page: the files of public/admin/, under a policy that runs nothing else.
import { Hono } from "hono/tiny";
import { nowhere } from "../api/errors.js";
import type { Env } from "../env.js";

const HEADERS = {
  "content-security-policy": [
    "default-src 'none'",
    "script-src 'self'",
    "style-src 'self'",
    "connect-src 'self'",
    "img-src data:",
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

page.get("/", ({ env }) => sent(env, "index.html"));
page.get("/:file{[a-z]+\\.(?:js|css)}", ({ env, req }) => sent(env, req.param("file")));

async function sent(env: Env, file: string): Promise<Response> {
  // The binding looks at the path alone.
  const { status, body, headers } = await env.ASSETS.fetch(`https://assets.invalid/admin/${file}`);
  if (status !== 200) throw nowhere();
  const type = headers.get("content-type") ?? "";
  return new Response(body, { headers: { ...HEADERS, "content-type": type } });
}
