// The simulated providers over HTTP, as the simulator's own server has them.
import { once } from "node:events";
import { createServer, type IncomingMessage, type ServerResponse } from "node:http";
import { buffer } from "node:stream/consumers";
import { Readable } from "node:stream";
import { pipeline } from "node:stream/promises";
import type { AddressInfo } from "node:net";
import { CliError } from "./errors.js";
import { openSimulator } from "./simulated.js";

export interface ServeOptions {
  port: number;
  host: string;
  jobDurationMs?: number | undefined;
}

/** Starts the server; returns its origin. */
export async function serveSimulator({ port, host, jobDurationMs }: ServeOptions): Promise<{ origin: string; close: () => Promise<void> }> {
  const server = createServer((request, response) => {
    void respond(request, response).catch(() => response.destroy());
  });
  server.listen(port, host);
  await once(server, "listening").catch(({ code }: NodeJS.ErrnoException) => {
    throw new CliError(`The server cannot listen on ${host}:${port} (${code}). Pass another --port.`);
  });
  const { port: actual } = server.address() as AddressInfo;
  const origin = `http://${host.includes(":") ? `[${host}]` : host}:${actual}`;
  const simulator = await openSimulator({ origin, ...(jobDurationMs !== undefined && { jobDurationMs }) });

  async function respond(request: IncomingMessage, response: ServerResponse): Promise<void> {
    const body = await buffer(request);
    const headers = Object.entries(request.headers).flatMap(([name, value]) =>
      value === undefined ? [] : [[name, String(value)] as [string, string]],
    );
    // A simulated reset rejects: the connection is then closed without a response.
    const answer = await simulator.fetch(new URL(request.url ?? "/", origin), {
      method: request.method ?? "GET",
      headers,
      ...(body.length > 0 && { body: new Uint8Array(body) }),
    });
    response.writeHead(answer.status, Object.fromEntries(answer.headers));
    if (answer.body) await pipeline(Readable.fromWeb(answer.body as import("node:stream/web").ReadableStream), response);
    else response.end();
  }

  return {
    origin,
    close: async () => {
      server.closeAllConnections();
      server.close();
      await once(server, "close");
      simulator.close();
    },
  };
}
