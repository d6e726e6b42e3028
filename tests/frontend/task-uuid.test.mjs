// A request with a `taskUUID` of its own, which is the job's id.
import assert from "node:assert/strict";
import { after, test } from "node:test";
import { click, servePage, untilAccepted, untilStatus } from "./hook.mjs";

const open = await servePage({ after });
const UUID = "3b0d5a4e-6f0a-4c3f-9f6e-0d7d5a2f9c11";

for (const [what, taskUUID] of [["lower", UUID], ["upper", UUID.toUpperCase()]]) {
  test(`a reload finds the job of a taskUUID in ${what} case`, async (t) => {
    const { page, finish, submissions } = await open(t, { provider: "runware", request: JSON.stringify({ taskUUID }) });
    await click(page, "Submit");
    assert.equal((await untilAccepted(page)).handle.id, UUID);
    await page.reload();
    await untilAccepted(page);
    await finish();
    await untilStatus(page, "completed");
    assert.equal(await submissions(), 1);
  });
}

test("an invalid one is named by the error", async (t) => {
  const { page, submissions } = await open(t, { provider: "runware", request: JSON.stringify({ taskUUID: "x" }) });
  await click(page, "Submit");
  const { error } = await untilStatus(page, "failed");
  assert.deepEqual([error.code, error.issues[0].path, await submissions()], ["invalid_request", "taskUUID", 0]);
});
