// The events of all jobs, for the operator: every change once, and what a client missed when it reconnects.
import assert from "node:assert/strict";
import { after, test } from "node:test";
import { openGateway } from "./admin-page/scene.mjs";
import { waitFor } from "./job/jobs.mjs";

const { gateway, ask, order, settled, call } = await openGateway({ after });
const editors = await gateway.createKey({ name: "editors" });
const others = await gateway.createKey({ name: "others" });

/** What arrives in a stream, until `stop()`. */
async function open(t, headers = {}) {
  const controller = new AbortController();
  const authorization = `Bearer ${gateway.adminToken}`;
  const init = { headers: { authorization, ...headers }, signal: controller.signal };
  const response = await fetch(`${gateway.url}/admin/api/events`, init);
  assert.equal(response.headers.get("content-type"), "text/event-stream");
  const events = [];
  let text = "";
  const read = async () => {
    for await (const chunk of response.body.pipeThrough(new TextDecoderStream())) {
      text += chunk;
      const blocks = text.split("\n\n");
      text = blocks.pop();
      for (const block of blocks) {
        const [, id, name, data] = /^id: (\d+)\nevent: (\w+)\ndata: (.*)$/.exec(block) ?? [];
        if (id) events.push({ id, name, data: JSON.parse(data) });
      }
    }
  };
  const reading = read().catch(() => {});
  const stop = async () => {
    controller.abort();
    await reading;
  };
  t.after(stop);
  return { events, stop };
}

test("changes of all accounts' jobs arrive once, with account and key, and a deletion", async (t) => {
  const { events } = await open(t);
  const [fox, storm] = [await order(editors.apiKey, "A fox"), await order(others.apiKey, "A storm")];
  const of = ({ id }) => events.filter(({ data }) => data.id === id);
  for (const [video, { accountId, id: keyId }] of [[fox, editors], [storm, others]]) {
    await waitFor(() => of(video).some(({ data }) => data.status === "completed"));
    for (const { name, data } of of(video)) {
      assert.deepEqual([name, data.accountId, data.keyId], ["video", accountId, keyId]);
    }
  }
  await settled(fox, editors.apiKey);
  await ask("DELETE", `/v1/videos/${fox.id}`, editors.apiKey);
  await waitFor(() => of(fox).at(-1).name === "deleted");
  await new Promise((resolve) => setTimeout(resolve, 3_000));
  const texts = events.map(({ name, data }) => name + JSON.stringify(data));
  assert.equal(new Set(texts).size, texts.length, "no change twice");
});

test("a client that reconnects receives what it missed", async (t) => {
  const first = await open(t);
  await order(editors.apiKey, "One");
  await waitFor(() => first.events.length > 0);
  await first.stop();
  const missed = await settled(await order(editors.apiKey, "Two"), editors.apiKey);
  const second = await open(t, { "last-event-id": first.events.at(-1).id });
  await waitFor(() => second.events.some(({ data }) => data.id === missed.id && data.status === "completed"));
});

test("a client that was away while hundreds of jobs changed receives each of them once, and continues where it breaks off", async (t) => {
  const { accountId, id: keyId } = await gateway.createKey({ name: "busy" });
  const since = Date.now();
  const hex = (at) => at.toString(16).padStart(64, "0");
  const changed = Array.from({ length: 350 }, (_, at) => hex(at));
  const put = (jobId, at) => {
    // Many at the same time, and all long before the client comes back.
    const updatedAt = since - 3_600_000 + (at % 3);
    const more = { keyId, model: "wan-2.6", status: "queued", text: "{}" };
    return call("JOB_INDEX", accountId, "put", { jobId, createdAt: updatedAt, version: 1, updatedAt, ...more });
  };
  await Promise.all(changed.map(put));
  const isOf = ({ data }) => data.accountId === accountId;
  const idsOf = (events) => events.filter(isOf).map(({ data }) => data.id);
  const wanted = changed.map((jobId) => `video_${jobId}`);

  const whole = await open(t, { "last-event-id": String(since - 3_700_000) });
  await waitFor(() => idsOf(whole.events).length >= wanted.length);
  assert.deepEqual(idsOf(whole.events).toSorted(), wanted);

  const first = await open(t, { "last-event-id": String(since - 3_700_000) });
  await waitFor(() => idsOf(first.events).length >= 100);
  await first.stop();
  const [, ...parts] = first.events.map(({ id }, at) => [id, idsOf(first.events.slice(0, at + 1))]);
  for (const [id, received] of [parts[40], parts.at(-1)]) {
    const rest = await open(t, { "last-event-id": id });
    await waitFor(() => new Set([...received, ...idsOf(rest.events)]).size === wanted.length);
    await rest.stop();
  }
});

test("it is for the admin only", async () => {
  for (const authorization of ["", `Bearer ${editors.apiKey}`]) {
    const { status } = await fetch(`${gateway.url}/admin/api/events`, { headers: { authorization } });
    assert.ok(status === 401 || status === 403, String(status));
  }
});
