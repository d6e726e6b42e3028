// The admin's page as it is sent: `page/`, made small, under a policy that runs nothing else.
import { Hono } from "hono/tiny";
import type { Env } from "../env.js";
import app from "../../dist/page/app.js";
import index from "../../dist/page/index.html";
import style from "../../dist/page/style.css";

const FILES: Record<string, [type: string, text: string]> = {
  "/": ["text/html; charset=utf-8", index],
  "/app.js": ["text/javascript; charset=utf-8", app],
  "/style.css": ["text/css; charset=utf-8", style],
};

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

for (const [path, [type, text]] of Object.entries(FILES)) {
  page.get(path, () => new Response(text, { headers: { ...HEADERS, "content-type": type } }));
}
