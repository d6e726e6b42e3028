// A lost submit may be sent again within a short time only: later, Runware may have made its video.
import assert from "node:assert/strict";
import { setTimeout as sleep } from "node:timers/promises";
import { test } from "node:test";
import { createFilmgate } from "../../pkg/dist/index.js";

const KEY_CALL_OF_THE_SECOND_SUBMIT = 4;

test("a second submit whose key comes late is not sent; the next one is", async () => {
  let keys = 0;
  const submitted = [];
  const answer = ([{ taskType, taskUUID }]) => {
    const task = { taskType: "videoInference", taskUUID };
    if (taskType === "videoInference") {
      submitted.push(keys);
      if (submitted.length === 1) throw new TypeError("the connection broke");
      return { data: [task] };
    }
    if (submitted.length === 1) return { data: [] };
    const videoURL = "https://videos.example.com/video.mp4";
    return { data: [{ ...task, status: "success", videoUUID: taskUUID, videoURL, cost: 1.2 }] };
  };
  const client = createFilmgate({
    runware: {
      async apiKey() {
        keys += 1;
        if (keys === KEY_CALL_OF_THE_SECOND_SUBMIT) await sleep(1_500);
        return "any-key";
      },
    },
    fetch: async (request) => Response.json(answer(await request.json())),
  });
  const prompt = "A skiff among mangrove roots";
  const request = { model: "sora-2-pro", prompt, duration: 4, size: "1280x720" };
  const { videos } = await client.generate(request, { provider: "runware" });
  assert.equal(videos.length, 1);
  assert.equal(submitted.length, 2);
  assert.equal(submitted[0], 1);
  assert.ok(submitted[1] > KEY_CALL_OF_THE_SECOND_SUBMIT, String(submitted));
});
