// A local web server whose answers can be replaced while it runs. It needs no package, so it runs before any is installed.
import { createServer } from "node:http";
import { LOOPBACK, originOf } from "./port.mjs";

/** Starts it with a request listener: `{ origin, answerWith(listener), close() }`. */
export async function listen(port, listener) {
  let current = listener;
  const server = createServer((request, response) => current(request, response));
  await new Promise((resolve, reject) => {
    server.once("error", reject);
    server.listen(port, LOOPBACK, resolve);
  });
  const close = () => {
    server.closeAllConnections();
    return new Promise((resolve) => server.close(resolve));
  };
  return { origin: originOf(server.address().port), answerWith: (next) => void (current = next), close };
}
