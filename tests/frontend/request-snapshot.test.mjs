// A submit of the hook waits for its turn among the tabs. What the caller changes in the request meanwhile is not sent.
import assert from "node:assert/strict";
import { after, test } from "node:test";
import { click, servePage, untilAccepted } from "./hook.mjs";

const open = await servePage({ after });

test("a request that is changed after `submit` is sent as it was", async (t) => {
  const { page } = await open(t, { provider: "runware" });
  const submits = [];
  page.on("request", (request) => request.postData()?.includes("videoInference") && submits.push(request.postDataJSON()));
  await click(page, "Reuse");
  await untilAccepted(page);
  assert.deepEqual(submits.flat().map(({ positivePrompt }) => positivePrompt), ["A lighthouse in the rain"]);
});
