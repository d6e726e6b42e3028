// The films play in a real browser, and the simulators run in a page under a strict policy and in
// a worker.
import assert from "node:assert/strict";
import { readFile } from "node:fs/promises";
import { createServer } from "node:http";
import { join } from "node:path";
import { after, test } from "node:test";
import { chromium } from "playwright-core";
import { ENDPOINT, INPUT, simulator } from "./support.mjs";

const SIM = join(import.meta.dirname, "..", "..", "www", "vendor", "sim");
const POLICY =
  "default-src 'none'; script-src 'self' 'wasm-unsafe-eval'; connect-src 'self'; " +
  "media-src blob: http://127.0.0.1:*";
const TYPES = { ".js": "text/javascript", ".wasm": "application/wasm" };
const WORKER = `
  import { createSimulator } from "/sim/sim.js";
  const { fetch } = await createSimulator();
  const answer = await fetch("https://simulator.invalid/runpod/v2/${ENDPOINT}/health", {
    headers: { authorization: "Bearer any" },
  });
  postMessage((await answer.json()).jobs.completed);`;

const { origin, runware } = await simulator();
const site = createServer(async (request, response) => {
  const [, folder, name] = request.url.split("/");
  response.setHeader("content-security-policy", POLICY);
  if (folder === "sim") {
    response.setHeader("content-type", TYPES[name.slice(name.lastIndexOf("."))]);
    response.end(await readFile(join(SIM, name)));
  } else if (folder === "worker.js") {
    response.setHeader("content-type", TYPES[".js"]);
    response.end(WORKER);
  } else {
    response.setHeader("content-type", "text/html");
    response.end("<!doctype html><title>t</title>");
  }
});
await new Promise((listening) => site.listen(0, "127.0.0.1", listening));
const browser = await chromium.launch({
  executablePath: process.env.CHROMIUM ?? "/usr/bin/chromium",
  args: ["--no-sandbox", "--disable-gpu", "--disable-background-networking"],
});
after(async () => {
  await browser.close();
  site.close();
  site.closeAllConnections();
});

async function openPage() {
  const page = await browser.newPage();
  const violations = [];
  await page.exposeFunction("violated", (directive) => violations.push(directive));
  await page.addInitScript(() => {
    document.addEventListener("securitypolicyviolation", (event) => {
      window.violated(event.effectiveDirective);
    });
  });
  await page.goto(`http://127.0.0.1:${site.address().port}/`);
  return { page, violations };
}

/** Plays an address, jumps, and looks at the picture in the middle. */
function play(page, url) {
  return page.evaluate(async (src) => {
    const video = Object.assign(document.createElement("video"), {
      src,
      muted: true,
      crossOrigin: "anonymous",
    });
    document.body.append(video);
    await video.play();
    while (video.currentTime < 0.3) await new Promise((next) => setTimeout(next, 20));
    video.pause();
    const sought = new Promise((done) => video.addEventListener("seeked", done, { once: true }));
    video.currentTime = video.duration / 2;
    await sought;
    const canvas = document.createElement("canvas");
    [canvas.width, canvas.height] = [video.videoWidth, video.videoHeight];
    const context = canvas.getContext("2d");
    context.drawImage(video, 0, 0);
    const pixels = context.getImageData(0, 0, canvas.width, canvas.height).data.join();
    const { videoWidth: width, videoHeight: height, duration } = video;
    video.remove();
    return { width, height, duration, pixels };
  }, url);
}

/** Films a Runware task on the local server; the video's address. */
async function film(changes) {
  const taskUUID = crypto.randomUUID();
  const ask = async (task) => {
    const body = JSON.stringify([{ taskUUID, ...task }]);
    const headers = { authorization: "Bearer any" };
    return (await fetch(runware, { method: "POST", headers, body })).json();
  };
  const example = { model: "openai:3@2", positivePrompt: "A fox", width: 1280, height: 720 };
  await ask({ taskType: "videoInference", duration: 4, ...example, ...changes });
  await fetch(`${origin}/control/advance`, { method: "POST", body: '{"ms":60000}' });
  const { data } = await ask({ taskType: "getResponse" });
  return data[0].videoURL;
}

test("films of every format and shape play, jump, and differ", async () => {
  const { page } = await openPage();
  const pictures = new Set();
  for (const [changes, shape, seconds] of [
    [{}, [128, 72], 4],
    [{ positivePrompt: "A heron" }, [128, 72], 4],
    [{ outputFormat: "WEBM" }, [128, 72], 4],
    [{ outputFormat: "MOV" }, [128, 72], 4],
    [{ width: 1080, height: 1920, duration: 12 }, [72, 128], 12],
    [{ width: 1792, height: 1024, duration: 20 }, [126, 72], 20],
  ]) {
    const { width, height, duration, pixels } = await play(page, await film(changes));
    assert.deepEqual([[width, height], duration], [shape, seconds]);
    pictures.add(pixels);
  }
  assert.equal(pictures.size, 6);
});

test("the simulators run in a page under a strict policy, and their film plays", async () => {
  const { page, violations } = await openPage();
  const url = await page.evaluate(
    async ({ endpoint, input }) => {
      const { createSimulator } = await import("/sim/sim.js");
      const { fetch } = await createSimulator({ runMs: 100 });
      const headers = { authorization: "Bearer any", "content-type": "application/json" };
      const address = `https://simulator.invalid/runpod/v2/${endpoint}/runsync`;
      const body = JSON.stringify({ input });
      const answer = await fetch(address, { method: "POST", headers, body });
      const { output } = await answer.json();
      return URL.createObjectURL(await (await fetch(output.video_url)).blob());
    },
    { endpoint: ENDPOINT, input: INPUT },
  );
  const { width, duration } = await play(page, url);
  assert.deepEqual([width, duration], [128, 4]);
  assert.deepEqual(violations, []);
});

test("in a page, what another origin may not read is a network error", async () => {
  const { page } = await openPage();
  const seen = await page.evaluate(async (endpoint) => {
    const { createSimulator } = await import("/sim/sim.js");
    const { fetch, control, ledger } = await createSimulator();
    const submit = () =>
      fetch(`https://simulator.invalid/runpod/v2/${endpoint}/run`, {
        method: "POST",
        headers: { authorization: "Bearer any" },
        body: '{"input":{}}',
      }).catch((error) => `${error.name}: ${error.message}`);
    await control("faults", [{ fault: { kind: "corsOff" } }]);
    const unreadable = await submit();
    const reached = (await ledger()).submits.length;
    await control("config", { cors: false });
    const refused = await submit();
    return [unreadable, reached, refused, (await ledger()).submits.length];
  }, ENDPOINT);
  const failure = "TypeError: Failed to fetch";
  assert.deepEqual(seen, [failure, 1, failure, 1], "the second was stopped by its preflight");
});

test("the simulators run in a worker", async () => {
  const { page } = await openPage();
  const completed = await page.evaluate(
    () =>
      new Promise((resolve, reject) => {
        const worker = new Worker("/worker.js", { type: "module" });
        worker.onmessage = ({ data }) => resolve(data);
        worker.onerror = reject;
      }),
  );
  assert.equal(completed, 0);
});
