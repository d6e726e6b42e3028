// A browser resends a POST by itself if a reused connection breaks. RunPod would
// make two videos of it: its submit is a stream, which cannot be sent again.
import assert from "node:assert/strict";
import { createSecureServer } from "node:http2";
import { createServer as createHttpServer } from "node:http";
import { createServer } from "node:https";
import { before, test } from "node:test";
import selfsigned from "selfsigned";
import { pageOf, profile, usePages } from "./pages.mjs";

usePages();

let tls;
before(async () => {
  const { private: key, cert } = await selfsigned.generate([{ name: "commonName", value: "localhost" }]);
  tls = { key, cert };
});

/** A RunPod that reads a submit and resets its connection so many times, then responds. */
async function provider(t, { http1 = false, tears = 0, cors = true } = {}) {
  const asked = [];
  const answer = (request, response) => {
    const allowed = cors ? "authorization,content-type" : "x-nothing";
    response.setHeader("access-control-allow-origin", "*");
    response.setHeader("access-control-allow-headers", allowed);
    if (request.method === "OPTIONS") return response.end();
    const { url } = request;
    request.on("error", () => {});
    request.on("end", () => {
      asked.push(url.slice(url.lastIndexOf("/run") + 1) || url);
      if (url.endsWith("/run") && asked.length <= tears) return tear(request, response);
      const status = url.endsWith("/run") ? "IN_QUEUE" : "COMPLETED";
      const output = { video_url: "https://videos.example.com/video.mp4" };
      response.end(JSON.stringify({ id: "job-1", status, output }));
    });
    request.resume();
  };
  const server = http1 ? createServer(tls, answer) : createSecureServer(tls, answer);
  const sessions = new Set();
  server.on("session", (session) => sessions.add(session));
  await new Promise((resolve) => server.listen(0, "localhost", resolve));
  t.after(() => {
    for (const session of sessions) session.destroy();
    server.close();
    server.closeAllConnections?.();
  });
  return { asked, baseURL: `https://localhost:${server.address().port}/v2` };
}

function tear(request, response) {
  const socket = response.stream?.session?.socket ?? request.socket;
  (response.stream?.session ?? socket).destroy();
}

async function generate(t, settings) {
  const page = await pageOf(await profile(t));
  return page.evaluate(async (settings) => {
    const { createFilmgate } = await import("/dist/index.js");
    const client = createFilmgate({ runpod: { apiKey: "any-key", longPoll: false, ...settings } });
    const image = "https://pictures.example.com/fox.png";
    const request = { model: "sora-2-pro", prompt: "A fox", duration: 4, image };
    try {
      const { videos } = await client.generate(request, { provider: "runpod" });
      return { videos: videos.length };
    } catch ({ code, charge, retryable }) {
      return { code, charge, retryable };
    }
  }, settings);
}

test("a submit arrives complete, and its video is generated", async (t) => {
  const { asked, baseURL } = await provider(t);
  assert.deepEqual(await generate(t, { baseURL }), { videos: 1 });
  assert.equal(asked.filter((one) => one === "run").length, 1);
});

test("a submit with a dropped connection is not resent by the browser, and its outcome is unknown", async (t) => {
  const { asked, baseURL } = await provider(t, { tears: 1 });
  const end = await generate(t, { baseURL });
  assert.deepEqual(end, { code: "submission_unknown", charge: "unknown", retryable: false });
  assert.deepEqual(asked, ["run"]);
});

test("over plain HTTP the browser would send it twice, so it is refused before anything is sent", async (t) => {
  const asked = [];
  const server = createHttpServer((request, response) => {
    asked.push(request.url);
    response.end();
  });
  await new Promise((resolve) => server.listen(0, "localhost", resolve));
  t.after(() => server.close());
  const end = await generate(t, { baseURL: `http://localhost:${server.address().port}/v2` });
  assert.deepEqual(end, { code: "invalid_request", charge: "none", retryable: false });
  assert.deepEqual(asked, []);
});

test("if the caller accepts it, the browser sends it twice", async (t) => {
  const { asked, baseURL } = await provider(t, { tears: 1 });
  assert.deepEqual(await generate(t, { baseURL, acceptResendRisk: true }), { videos: 1 });
  assert.equal(asked.filter((one) => one === "run").length, 2);
});

test("what the browser never sent costs nothing: CORS, HTTP/1.1, no server", async (t) => {
  const refused = await provider(t, { cors: false });
  const old = await provider(t, { http1: true });
  for (const baseURL of [refused.baseURL, old.baseURL, "https://localhost:9/v2"]) {
    const { code, charge } = await generate(t, { baseURL });
    assert.deepEqual({ code, charge }, { code: "connection_error", charge: "none" }, baseURL);
  }
  assert.deepEqual([...refused.asked, ...old.asked], []);
});
