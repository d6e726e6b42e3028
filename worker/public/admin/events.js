// Changes of jobs, as they happen. An EventSource cannot send the admin token, so the stream is read here.
import { send } from "./api.js";

const RECONNECT_MS = 3_000;

/** Calls `onEvent(name, data)` until `stop()`. `onState` says whether the stream is open. */
export function followEvents({ onEvent, onState }) {
  const controller = new AbortController();
  let lastEventId;
  const follow = async () => {
    while (!controller.signal.aborted) {
      try {
        const headers = { ...(lastEventId && { "last-event-id": lastEventId }) };
        const { body } = await send("GET", "/events", { headers, signal: controller.signal });
        onState(true);
        for await (const { id, event, data } of readEvents(body)) {
          lastEventId = id ?? lastEventId;
          if (data) onEvent(event, JSON.parse(data));
        }
      } catch (error) {
        // A rejected token would be rejected again.
        if (error.status === 401) break;
      }
      onState(false);
      await pause(RECONNECT_MS, controller.signal);
    }
  };
  void follow();
  return () => {
    controller.abort();
    onState(false);
  };
}

async function* readEvents(body) {
  const reader = body.pipeThrough(new TextDecoderStream()).getReader();
  let text = "";
  for (;;) {
    const { done, value } = await reader.read();
    if (done) return;
    text += value;
    const blocks = text.split("\n\n");
    text = blocks.pop();
    for (const block of blocks) yield parseEvent(block);
  }
}

function parseEvent(block) {
  const fields = {};
  for (const line of block.split("\n")) {
    const at = line.indexOf(":");
    if (at > 0) fields[line.slice(0, at)] = line.slice(at + 1).trimStart();
  }
  return fields;
}

const pause = (ms, signal) =>
  new Promise((resolve) => {
    const timer = setTimeout(resolve, ms);
    signal.addEventListener("abort", () => {
      clearTimeout(timer);
      resolve();
    });
  });
