// One process that runs the gateways of many tests: Miniflare takes a second to load. `node gateway-host.mjs PATH` listens
// at a socket. Who connects sends one line of JSON, the arguments of `serve` in worker/local, and receives lines: first
// `{ url, workerd }` or `{ failure }`, then `{ log }`. The gateway is killed when the connection is closed.
import { createServer } from "node:net";
import { createInterface } from "node:readline";
import { serve } from "../../worker/local/serve.mjs";

async function onConnection(socket) {
  let isOpen = true;
  const closed = new Promise((resolve) => socket.once("close", resolve)).then(() => (isOpen = false));
  socket.on("error", () => {}); // "close" follows.
  const send = (message) => isOpen && socket.write(`${JSON.stringify(message)}\n`);
  const lines = createInterface({ input: socket });
  lines.once("line", async (line) => {
    try {
      const gateway = await serve({ ...JSON.parse(line), write: (log) => send({ log }) });
      send({ url: gateway.url, workerd: gateway.pid() });
      await Promise.race([closed, new Promise((resolve) => socket.once("end", resolve))]);
      await gateway.kill();
    } catch (error) {
      send({ failure: String(error?.stack) });
    }
    socket.end();
  });
}

const server = createServer({ allowHalfOpen: true }, onConnection);
server.listen(process.argv[2], () => console.log("ready"));
