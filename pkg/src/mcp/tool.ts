// What a tool is made of.
import type { Tool as Definition, ContentBlock } from "@modelcontextprotocol/sdk/types.js";

export type Arguments = Record<string, unknown>;

/** What a call gets beside its arguments. */
export interface Call {
  /** Aborts when the caller gives up, or the server ends. */
  signal: AbortSignal;
  /** Shows progress to the caller, if it wants that. `progress` is from 0 to 1. */
  report: (progress: number, message: string) => void;
}

/** What a tool returns: data that fits its output schema, and links. */
export interface Output {
  data: Record<string, unknown>;
  links?: ContentBlock[];
}

export interface Tool {
  definition: Definition;
  run: (given: Arguments, call: Call) => Promise<Output>;
}
