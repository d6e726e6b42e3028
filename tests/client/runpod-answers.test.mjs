// RunPod's answers as its users' workers send them: JSON inside a string, bytes inside the answer.
import assert from "node:assert/strict";
import { describe, test } from "node:test";
import { createFilmgate } from "../../pkg/dist/index.js";
import { REQUESTS } from "./support.mjs";

const ID = "a1b2c3d4-u1";
const VIDEO = "https://a.example.com/video.mp4";
const own = { model: "runpod:my-endpoint", input: { prompt: "A fox" } };

/** A client whose provider answers the submit and every poll with these bodies. */
function answering(submit, poll) {
  const fetch = async (request) =>
    new Response(JSON.stringify(new URL(request.url).pathname.endsWith("/run") ? submit : poll));
  return createFilmgate({ runpod: { apiKey: "rpa_0123456789" }, fetch });
}

const completed = (output) => ({ id: ID, status: "COMPLETED", output });

describe("RunPod's answers", { concurrency: true }, () => {
  for (const [name, submit] of Object.entries({
    "an id alone": { id: ID },
    "a list": [{ id: ID }],
    "JSON text": JSON.stringify({ data: { id: ID } }),
  })) {
    test(`${name} is an accepted job`, async () => {
      const client = answering(submit, completed({ video_url: VIDEO }));
      const { videos, handle } = await client.generate(REQUESTS.runpod, { provider: "runpod" });
      assert.equal(handle.jobId, ID);
      assert.equal(videos[0].url, VIDEO);
    });
  }

  test("an answer, its output and its error may be JSON text", async () => {
    const text = JSON.stringify(completed(JSON.stringify({ result: { url: VIDEO } })));
    const { videos } = await answering({ id: ID }, text).generate(own);
    assert.equal(videos[0].url, VIDEO);
    const reason = JSON.stringify({ error_type: "X", error_message: "The prompt was flagged" });
    const failed = { id: ID, status: "FAILED", output: { error: reason } };
    await assert.rejects(answering({ id: ID }, failed).generate(own), {
      code: "content_policy_violation",
      charge: "unknown",
    });
  });

  for (const length of [24, 200_000]) {
    test(`${length} characters of Base64 are the video`, async () => {
      const bytes = `AAAAIGZ0eXBpc29t${"A".repeat(length - 16)}`;
      for (const output of [
        { video: `data:video/mp4;base64,${bytes}` },
        { images: [{ type: "base64", filename: "x.mp4", data: bytes }] },
      ]) {
        const client = answering({ id: ID }, completed(output));
        const { videos } = await client.generate(own);
        assert.ok(videos[0].data.endsWith(bytes));
        const chunks = [];
        await client.download(videos[0], new WritableStream({ write: (chunk) => void chunks.push(chunk) }));
        assert.equal(Buffer.concat(chunks).toString("base64"), bytes);
      }
    });
  }
});
