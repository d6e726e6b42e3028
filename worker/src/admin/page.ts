// The admin's page as it is sent: plain files, under a policy that runs nothing else.
import { Hono } from "hono";
import type { Env } from "../env.js";
import app from "./page/app.js";
import calls from "./page/calls.js";
import index from "./page/index.html";
import jobs from "./page/jobs.js";
import parts from "./page/parts.js";
import spending from "./page/spending.js";
import style from "./page/style.css";
import tokens from "./page/tokens.js";

const SCRIPT = "text/javascript; charset=utf-8";

const FILES: Record<string, [type: string, text: string]> = {
  "/": ["text/html; charset=utf-8", index],
  "/style.css": ["text/css; charset=utf-8", style],
  "/app.js": [SCRIPT, app],
  "/calls.js": [SCRIPT, calls],
  "/jobs.js": [SCRIPT, jobs],
  "/parts.js": [SCRIPT, parts],
  "/spending.js": [SCRIPT, spending],
  "/tokens.js": [SCRIPT, tokens],
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
