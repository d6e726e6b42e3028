// Firefox sends some POSTs again by itself, and cannot send a body that it can read only once. So nothing is submitted to
// RunPod from there, unless that risk is accepted.
import assert from "node:assert/strict";
import { createServer } from "node:http";
import { describe, test } from "node:test";
import { startBreaking } from "../packaging/lib/breaking-server.mjs";
import { proveOnce } from "../packaging/lib/prove-once.mjs";
import { openContext } from "./firefox.mjs";
import { visit } from "./visit.mjs";

describe("Firefox itself sends a POST over a connection that was used before", () => {
  test("twice over HTTP/1.1, however the connection breaks, and after a 421", async (t) => {
    const twice = { reset: 2, end: 2, destroy: 2, resetLate: 2, endLate: 2, misdirected: 2 };
    assert.deepEqual(await postToEach(t, { http2: false }), twice);
  });

  test("over HTTP/2 twice after a 421 alone", async (t) => {
    const once = { reset: 1, end: 1, destroy: 1, resetLate: 1, endLate: 1, misdirected: 2 };
    assert.deepEqual(await postToEach(t, { http2: true }), once);
  });
});

describe("filmgate in Firefox submits nothing to RunPod", () => {
  for (const http2 of [false, true]) {
    test(http2 ? "over HTTP/2" : "over HTTP/1.1", async (t) => {
      const submit = (servers) => visit(t, { breaking: JSON.stringify(servers) }, { mayBreak: true });
      await proveOnce({ http2, refuses: true, submit }, t);
    });
  }
});

/** Posts once to each server that breaks, without filmgate. Returns how many each has read. */
async function postToEach(t, { http2 }) {
  const servers = await startBreaking(t, { http2 });
  const page = await openBlank(t);
  for (const { baseURL } of Object.values(servers)) await page.evaluate(post, baseURL);
  return Object.fromEntries(Object.entries(servers).map(([name, { submits }]) => [name, submits]));
}

async function openBlank(t) {
  const server = createServer((_, response) => response.writeHead(200, { "content-type": "text/html" }).end("<title>Blank</title>"));
  await new Promise((resolve) => server.listen(0, "127.0.0.1", resolve));
  t.after(() => {
    server.closeAllConnections();
    server.close();
  });
  const context = await openContext(t, { ignoreHTTPSErrors: true });
  const page = await context.newPage();
  await page.goto(`http://127.0.0.1:${server.address().port}`);
  return page;
}

/** Runs in the page: the connection has been used before the POST. */
async function post(baseURL) {
  await (await fetch(`${baseURL}/any/health`)).text();
  const headers = { "content-type": "application/json", authorization: "Bearer any" };
  await fetch(`${baseURL}/any/run`, { method: "POST", headers, body: "{}" }).catch(() => {});
}
