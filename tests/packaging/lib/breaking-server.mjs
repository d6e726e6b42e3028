// A RunPod behind a server that breaks: it reads a whole submit and drops the connection, or answers 421. A second
// submit is accepted, as RunPod would, and is a second paid job.
import { createSecureServer } from "node:http2";
import { createServer } from "node:net";
import selfsigned from "selfsigned";

const LATE_MS = 300;
const drop = (end, ms = 0) => ({ drop: (socket) => setTimeout(() => end(socket), ms) });

/** What happens to the first submit. */
export const BREAKS = {
  reset: drop((socket) => socket.resetAndDestroy()),
  end: drop((socket) => socket.end()),
  destroy: drop((socket) => socket.destroy()),
  resetLate: drop((socket) => socket.resetAndDestroy(), LATE_MS),
  endLate: drop((socket) => socket.end(), LATE_MS),
  misdirected: { status: 421 },
};

const CORS = {
  "access-control-allow-origin": "*",
  "access-control-allow-headers": "*, authorization, content-type",
  "access-control-max-age": "0",
};

/** One for each break, closed with the test: `{ name: { baseURL, submits } }`. `submits` counts those that were read. */
export async function startBreaking(t, { http2 = false } = {}) {
  const servers = {};
  for (const [name, how] of Object.entries(BREAKS)) {
    servers[name] = http2 ? await overHttp2(t, how) : await overHttp1(t, how);
  }
  return servers;
}

/** The next response, or what drops the connection. */
function respond(state, { drop, status }, method, path) {
  if (method === "OPTIONS") return { status: 204, body: "" };
  if (!path.endsWith("/run")) return { status: 200, body: '{"status":"IN_QUEUE"}' };
  state.submits += 1;
  if (state.submits > 1) return { status: 200, body: `{"id":"job-${state.submits}","status":"IN_QUEUE"}` };
  return drop ? { drop } : { status, body: '{"error":"misdirected"}' };
}

async function listen(t, server, sockets, scheme, state) {
  server.on("connection", (socket) => {
    sockets.add(socket);
    socket.on("close", () => sockets.delete(socket));
    socket.on("error", () => {}); // The client may break it, too.
  });
  await new Promise((resolve) => server.listen(0, "localhost", resolve));
  t.after(() => {
    for (const socket of sockets) socket.destroy();
    server.close();
  });
  state.baseURL = `${scheme}://localhost:${server.address().port}/v2`;
  return state;
}

/** By hand over a socket: Node's own server would not show what is on the wire. */
function overHttp1(t, how) {
  const state = { submits: 0 };
  const server = createServer((socket) => {
    let received = Buffer.alloc(0);
    socket.on("data", (chunk) => {
      received = Buffer.concat([received, chunk]);
      for (let request; (request = firstRequest(received)); ) {
        received = received.subarray(request.length);
        const { drop, status, body } = respond(state, how, request.method, request.path);
        if (drop) return void drop(socket);
        const length = Buffer.byteLength(body);
        const headers = { ...CORS, "content-type": "application/json", "content-length": length };
        const lines = Object.entries(headers).map(([name, value]) => `${name}: ${value}\r\n`);
        socket.write(`HTTP/1.1 ${status} Any\r\n${lines.join("")}\r\n${body}`);
      }
    });
  });
  return listen(t, server, new Set(), "http", state);
}

/** The first request in these bytes, once it is complete. */
function firstRequest(bytes) {
  const end = bytes.indexOf("\r\n\r\n");
  if (end < 0) return undefined;
  const head = bytes.toString("latin1", 0, end);
  const [method, path] = head.split(" ");
  const start = end + 4;
  const request = (length) => (length <= bytes.length ? { method, path, length } : undefined);
  if (/^transfer-encoding: *chunked/im.test(head)) {
    const last = bytes.indexOf("0\r\n\r\n", start);
    return last < 0 ? undefined : request(last + 5);
  }
  return request(start + Number(/^content-length: *(\d+)/im.exec(head)?.[1] ?? 0));
}

let tls;
async function overHttp2(t, how) {
  tls ??= selfsigned.generate([{ name: "commonName", value: "localhost" }]);
  const { private: key, cert } = await tls;
  const state = { submits: 0 };
  const server = createSecureServer({ key, cert });
  const sockets = new Set();
  // A session's own socket cannot be dropped.
  const socketOf = ({ socket }) => [...sockets].find(({ remotePort }) => remotePort === socket.remotePort);
  server.on("sessionError", () => {});
  server.on("stream", (stream, { ":method": method, ":path": path }) => {
    stream.on("error", () => {});
    stream.resume().on("end", () => {
      const { drop, status, body } = respond(state, how, method, path);
      if (drop) return void drop(socketOf(stream.session));
      stream.respond({ ...CORS, ":status": status, "content-type": "application/json" });
      stream.end(body);
    });
  });
  return listen(t, server, sockets, "https", state);
}
