// Runware's WebSocket: frames go to the simulated Runware, one task per request, and its responses come
// back as frames. A fault becomes its equivalent: an HTTP error is an error frame with its task, a
// connection reset resets the socket.
import { once } from "node:events";
import { randomUUID } from "node:crypto";
import { WebSocketServer } from "ws";
import { simulate, taskOperation } from "./simulator.mjs";

export async function startRunwareSocket(options) {
  const simulator = await simulate("runware", options);
  const requests = [];
  const server = new WebSocketServer({ host: "127.0.0.1", port: 0 });
  await once(server, "listening");
  server.on("connection", (socket) => {
    socket.on("message", (frame) => {
      for (const task of JSON.parse(frame.toString())) {
        const operation = taskOperation(task);
        if (operation) requests.push({ operation, at: Date.now() });
        void answer(simulator.address, task, socket);
      }
    });
  });
  const stop = async () => {
    for (const socket of server.clients) socket.terminate();
    server.close();
    await simulator.stop();
  };
  return { ...simulator, address: `ws://127.0.0.1:${server.address().port}/v1`, requests, stop };
}

async function answer(address, task, socket) {
  const own = greeting(task);
  if (own) return socket.send(JSON.stringify({ data: [own] }));
  try {
    const headers = { authorization: "Bearer any-key", "content-type": "application/json" };
    const reply = await fetch(address, { method: "POST", headers, body: JSON.stringify([task]) });
    const text = await reply.text();
    socket.send(reply.ok ? text : named(text, task));
  } catch {
    // The WebSocket library cannot reset a connection; the socket below it can.
    socket._socket.resetAndDestroy();
  }
}

/** The two tasks that only a socket has. */
function greeting({ taskType }) {
  if (taskType === "authentication") return { taskType, connectionSessionUUID: randomUUID() };
  if (taskType === "ping") return { taskType, pong: true };
  return undefined;
}

/** Errors about the whole HTTP request concern this one task. */
function named(text, { taskType, taskUUID }) {
  const { errors } = JSON.parse(text);
  const ours = errors.map((error) =>
    error.taskUUID === "N/A" ? { ...error, taskType, taskUUID } : error,
  );
  return JSON.stringify({ errors: ours });
}
