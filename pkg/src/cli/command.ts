// What a command is made of: it adds arguments, options, examples and an action to a command of commander.
import { InvalidArgumentError, type Command } from "commander";
import type { Terminal } from "./terminal.js";

/** What every command gets. An action returns the exit code, or nothing for success. */
export interface Context {
  terminal: Terminal;
}

/** The default export of a command's file. */
export type Configure = (command: Command, context: Context) => void;

/** Options of all commands that use jobs. */
export interface StoreOptions {
  store?: string;
  simulate?: boolean;
  json?: boolean;
}

export const withJson = (command: Command): Command => command.option("--json", "write JSON to stdout");

export const withSimulate = (command: Command): Command =>
  command.option("--simulate", "use simulated providers: no key, no cost");

/** Adds the options of all commands that use jobs. */
export const withStore = (command: Command): Command =>
  withSimulate(withJson(command)).option("--store <folder>", "the folder of the jobs (default: FILMGATE_STORE, or a folder of the user)");

/** Options of all commands that download videos. */
export interface OutputFlags {
  output?: string;
  force?: boolean;
  download?: boolean;
  /** In milliseconds. */
  timeout?: number;
}

/** Adds the options of all commands that download videos. */
export function withOutput(command: Command): Command {
  return command
    .option("-o, --output <file>", "the file or folder of the video; - writes it to stdout")
    .option("--force", "replace an existing file")
    .option("--no-download", "do not download; print the video's URL, which expires")
    .option("--timeout <seconds>", "how long to wait for the job; it continues afterwards", seconds);
}

/** Reads seconds, as milliseconds. */
export function seconds(text: string): number {
  const value = Number(text);
  if (!(value > 0)) throw new InvalidArgumentError("It must be a number of seconds.");
  return value * 1000;
}

/** Shows examples at the end of the help: each a purpose and a command line. */
export function withExamples(command: Command, examples: readonly (readonly [purpose: string, line: string])[]): Command {
  const lines = examples.map(([purpose, line]) => `  # ${purpose}\n  ${line}`);
  return command.addHelpText("after", `\nExamples:\n${lines.join("\n\n")}`);
}

/** Sets the action of a command. Its result is the exit code of the process. */
export function onCall<Arguments extends unknown[]>(
  command: Command,
  work: (...given: Arguments) => Promise<number | void>,
): void {
  command.action(async (...given: unknown[]) => {
    process.exitCode = (await work(...(given as Arguments))) ?? 0;
  });
}
