// A webhook receiver beside the client.
import { randomUUID } from "node:crypto";
import { createServer } from "node:http";
import { once } from "node:events";

export const SECRET = "a long random text that nobody else knows";

/** The received calls, and the `webhook` option of a submit. `answer` gets each call, and may throw. */
export async function receiver(t, answer = () => {}) {
  const calls = [];
  // A simulator may still repeat a webhook of a test that has ended, whose port this one has now.
  const path = `/hooks/${randomUUID()}`;
  const server = createServer(async (request, response) => {
    if (!request.url.startsWith(path)) return response.writeHead(404).end();
    const chunks = [];
    for await (const chunk of request) chunks.push(chunk);
    const call = { url: request.url, body: Buffer.concat(chunks) };
    calls.push(call);
    const status = await Promise.resolve(call).then(answer).then(
      () => 200,
      () => 401,
    );
    response.writeHead(status).end();
  });
  server.listen(0, "127.0.0.1");
  await once(server, "listening");
  t.after(() => {
    server.closeAllConnections();
    server.close();
  });
  const url = `http://127.0.0.1:${server.address().port}${path}?from=app`;
  return { calls, webhook: { url, secret: SECRET } };
}
