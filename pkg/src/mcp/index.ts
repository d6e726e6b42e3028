// The MCP server, over stdio or HTTP. The command `mcp` starts it.
import { once } from "node:events";
import { StdioServerTransport } from "@modelcontextprotocol/sdk/server/stdio.js";
import { listen } from "./http.js";
import { Jobs } from "./jobs.js";
import { Ledger } from "./ledger.js";
import { serverFactory } from "./server.js";
import { createTools } from "./tools.js";
import { VideoFolder } from "./video-folder.js";
import type { Filmgate, ProviderId } from "../types/index.js";

export { Ledger } from "./ledger.js";
export { CLIENT_NAMES, configurationOf } from "./configurations.js";

export interface McpOptions {
  client: Filmgate;
  /** The providers that have a key. */
  providers: readonly ProviderId[];
  /** The folder of the jobs. The budget is in it, too. */
  store: string;
  budgetMicroUsd: number;
  /** Where videos go. `isChosen`: by the user; otherwise it must be inside the working folder. */
  folder: { path: string; isChosen: boolean };
  /** The longest time of a call, in milliseconds. */
  maxWaitMs: number;
  version: string;
  /** Removes keys from a text. */
  mask: (text: string) => string;
  /** Ends the server. */
  signal: AbortSignal;
  /** Over HTTP; without it, over stdio. */
  http?: { port: number; token: string; onListening: (url: string) => void } | undefined;
}

/** A submit that has been sent gets so long to be answered before the process ends. */
const MAX_SUBMIT_MS = 10_000;

/** Serves until the signal aborts, or the client closes stdin. */
export async function serveMcp({ client, providers, store, budgetMicroUsd, folder, maxWaitMs, version, mask, signal, http }: McpOptions): Promise<void> {
  const closing = new AbortController();
  const ended = new AbortController();
  const ledger = new Ledger(store, budgetMicroUsd);
  const jobs = new Jobs({ client, ledger, providers, closing: closing.signal, signal: ended.signal });
  const videos = new VideoFolder(folder.path, folder.isChosen ? undefined : process.cwd());
  const tools = createTools({ client, jobs, ledger, folder: videos, maxWaitMs, signal: ended.signal });
  const create = serverFactory({ tools, version, mask, signal: ended.signal });
  // A store that fails is told by the call that needs it.
  void jobs.resume().catch(() => {});
  let close: () => Promise<void>;
  if (http) {
    const listening = await listen({ port: http.port, token: http.token, createServer: create });
    close = listening.close;
    http.onListening(listening.url);
    if (!signal.aborted) await once(signal, "abort");
  } else {
    const server = create();
    close = () => server.close();
    const isClosed = new Promise<void>((resolve) => (server.onclose = resolve));
    await server.connect(new StdioServerTransport());
    const stop = () => void server.close();
    process.stdin.once("end", stop).once("close", stop);
    signal.addEventListener("abort", stop);
    if (signal.aborted) stop();
    await isClosed;
  }
  closing.abort();
  const timer = setTimeout(() => ended.abort(), MAX_SUBMIT_MS);
  await Promise.race([jobs.idle(), once(ended.signal, "abort")]);
  clearTimeout(timer);
  ended.abort();
  await close();
}
