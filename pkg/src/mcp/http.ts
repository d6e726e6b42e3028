// Streamable HTTP on this machine only. A page of a browser reaches nothing: the host, the origin and a token are checked.
import { createHash, timingSafeEqual } from "node:crypto";
import { once } from "node:events";
import { createServer, type IncomingMessage, type ServerResponse } from "node:http";
import { StreamableHTTPServerTransport } from "@modelcontextprotocol/sdk/server/streamableHttp.js";
import type { AddressInfo } from "node:net";
import type { Server } from "@modelcontextprotocol/sdk/server/index.js";
import type { Transport } from "@modelcontextprotocol/sdk/shared/transport.js";

const HOST = "127.0.0.1";
const PATH = "/mcp";
const MAX_BODY_BYTES = 10 << 20;

export interface HttpOptions {
  /** 0 picks a free one. */
  port: number;
  token: string;
  createServer: () => Server;
}

/** Starts the server; returns its URL. Rejects if the port is in use. */
export async function listen({ port, token, createServer: create }: HttpOptions): Promise<{ url: string; close: () => Promise<void> }> {
  const server = createServer((request, response) => {
    void respond(request, response).catch(() => response.destroy());
  });
  // Idle connections stay: a client that reuses one just as it is closed cannot know whether its submit arrived.
  server.keepAliveTimeout = 0;
  server.listen(port, HOST);
  await once(server, "listening");
  const { port: actual } = server.address() as AddressInfo;
  const expected = digest(`Bearer ${token}`);

  async function respond(request: IncomingMessage, response: ServerResponse): Promise<void> {
    const refusal = refusalOf(request, actual, expected);
    if (refusal) return refuse(response, refusal);
    // Without sessions: each request has a server of its own, and a restart is not noticed.
    const transport = new StreamableHTTPServerTransport({ maxRequestBodySize: MAX_BODY_BYTES });
    const mcp = create();
    response.on("close", () => void mcp.close());
    // Its types are not exact about optional properties.
    await mcp.connect(transport as Transport);
    await transport.handleRequest(request, response);
  }

  return {
    url: `http://${HOST}:${actual}${PATH}`,
    close: async () => {
      server.closeAllConnections();
      server.close();
      await once(server, "close");
    },
  };
}

interface Refusal {
  status: number;
  message: string;
  headers?: Record<string, string>;
}

function refusalOf({ headers, url = "", method }: IncomingMessage, port: number, expected: Buffer): Refusal | undefined {
  const names = [HOST, "localhost"].map((name) => `${name}:${port}`);
  // The name of another host, or the origin of a page, is a page that has this address by DNS rebinding.
  if (!names.includes(headers.host ?? "")) return { status: 403, message: "The Host is not this server." };
  const { origin } = headers;
  if (origin !== undefined && !names.some((name) => origin === `http://${name}`)) return { status: 403, message: "The Origin is not allowed." };
  const isAuthorized = timingSafeEqual(digest(headers.authorization ?? ""), expected);
  if (!isAuthorized) return { status: 401, message: "The bearer token is missing or wrong.", headers: { "www-authenticate": "Bearer" } };
  if (url.split("?")[0] !== PATH) return { status: 404, message: `Only ${PATH} exists.` };
  if (method !== "POST") return { status: 405, message: "Only POST is supported.", headers: { allow: "POST" } };
  return undefined;
}

function refuse(response: ServerResponse, { status, message, headers = {} }: Refusal): void {
  const body = JSON.stringify({ jsonrpc: "2.0", id: null, error: { code: -32_000, message } });
  response.writeHead(status, { "content-type": "application/json", connection: "close", ...headers }).end(body);
}

const digest = (text: string): Buffer => createHash("sha256").update(text).digest();
