// The simulator's videos play in a real browser.
import assert from "node:assert/strict";
import { createServer } from "node:http";
import { after, test } from "node:test";
import { openContext } from "../browser.mjs";
import { simulator } from "./support.mjs";

const { origin, runware } = await simulator();
const site = createServer((_, response) => {
  response.setHeader("content-type", "text/html");
  response.end("<!doctype html><title>t</title>");
});
await new Promise((listening) => site.listen(0, "127.0.0.1", listening));
const profile = await openContext({ after });
after(() => {
  site.close();
  site.closeAllConnections();
});

async function openPage() {
  const page = await profile.newPage();
  await page.goto(`http://127.0.0.1:${site.address().port}/`);
  return page;
}

/** Plays a URL, seeks to the middle, and reads the frame there. */
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

/** Runs a Runware task on the local server; returns the video's URL. */
async function generate(changes) {
  const taskUUID = crypto.randomUUID();
  const send = async (task) => {
    const body = JSON.stringify([{ taskUUID, ...task }]);
    const headers = { authorization: "Bearer any" };
    return (await fetch(runware, { method: "POST", headers, body })).json();
  };
  const example = { model: "openai:3@2", positivePrompt: "A fox", width: 1280, height: 720 };
  await send({ taskType: "videoInference", duration: 4, ...example, ...changes });
  await fetch(`${origin}/control/advance`, { method: "POST", body: '{"ms":60000}' });
  const { data } = await send({ taskType: "getResponse" });
  return data[0].videoURL;
}

test("videos of every format and shape play, seek, and differ", async () => {
  const page = await openPage();
  const pictures = new Set();
  for (const [changes, shape, seconds] of [
    [{}, [640, 360], 4],
    [{ positivePrompt: "A heron" }, [640, 360], 4],
    [{ outputFormat: "WEBM" }, [640, 360], 4],
    [{ outputFormat: "MOV" }, [640, 360], 4],
    [{ width: 1080, height: 1920, duration: 12 }, [360, 640], 12],
    [{ width: 1792, height: 1024, duration: 20 }, [644, 368], 20],
  ]) {
    const { width, height, duration, pixels } = await play(page, await generate(changes));
    assert.deepEqual([[width, height], duration], [shape, seconds]);
    pictures.add(pixels);
  }
  assert.equal(pictures.size, 6);
});
