// What `npm start` serves until the page is built: the steps so far. It reloads itself, and so becomes the page.
import { steps } from "./log.mjs";

const STYLE =
  "body { font: 16px/1.6 system-ui, sans-serif; max-width: 40rem; margin: 4rem auto; padding: 0 1rem; color-scheme: light dark }" +
  " li span { opacity: 0.6 } li:last-child { font-weight: 600 }";

/** A request listener. 503 tells a program that waits for the page to ask again. */
export function answerWithProgress(request, response) {
  response.writeHead(503, { "Content-Type": "text/html;charset=utf-8", "Cache-Control": "no-store", "Retry-After": "1" });
  response.end(progressPage());
}

function progressPage(now = performance.now()) {
  const first = steps[0]?.since ?? now;
  const items = steps.map(({ what, howLong, since }) => {
    const time = `from ${seconds(since - first)}${howLong ? ` (${howLong})` : ""}`;
    return `<li>${escaped(what)} <span>${escaped(time)}</span></li>`;
  });
  return `<!doctype html>
<html lang="en">
<meta charset="utf-8">
<meta name="viewport" content="width=device-width">
<meta http-equiv="refresh" content="1">
<title>filmgate is being built</title>
<style>${STYLE}</style>
<h1>filmgate is being built</h1>
<p>For ${seconds(now - first)} so far. This becomes the page as soon as it is ready.</p>
<ol>
${items.join("\n")}
</ol>
`;
}

const seconds = (ms) => `${Math.round(ms / 1000)} s`;
const escaped = (text) => text.replaceAll("&", "&amp;").replaceAll("<", "&lt;");
