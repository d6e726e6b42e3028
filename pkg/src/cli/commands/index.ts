// The table of commands. A command is one file, which is loaded when it is called, and one line here.
import type { Configure } from "../command.js";

/** A command: its name, one line for the list of commands, and its file. */
export interface CommandEntry {
  name: string;
  summary: string;
  load: () => Promise<{ default: Configure }>;
}

export const COMMANDS: readonly CommandEntry[] = [
  { name: "models", summary: "list the models, their modes and prices", load: () => import("./models.js") },
  { name: "quote", summary: "show what a request costs at each provider", load: () => import("./quote.js") },
  { name: "validate", summary: "show every problem of a request", load: () => import("./validate.js") },
  { name: "generate", summary: "generate a video and download it", load: () => import("./generate.js") },
  { name: "batch", summary: "generate many videos from a file, with one spending limit", load: () => import("./batch.js") },
  { name: "jobs", summary: "list the jobs, newest first", load: () => import("./jobs.js") },
  { name: "status", summary: "check the status of a job once", load: () => import("./status.js") },
  { name: "resume", summary: "wait for a job, or for all that have not ended", load: () => import("./resume.js") },
  { name: "cancel", summary: "cancel a job", load: () => import("./cancel.js") },
  { name: "download", summary: "download the video of a finished job", load: () => import("./download.js") },
  { name: "probe", summary: "check which models the providers still offer", load: () => import("./probe.js") },
  { name: "serve", summary: "serve simulated providers to any tool", load: () => import("./serve.js") },
  { name: "mcp", summary: "serve agents: an MCP server with a budget", load: () => import("./mcp.js") },
  { name: "completion", summary: "write a completion script for a shell", load: () => import("./completion.js") },
];
