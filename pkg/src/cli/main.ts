// The command `filmgate`. It loads the file of the command that is called, and nothing of the client before that.
import { Command, CommanderError } from "commander";
import { COMMANDS } from "./commands/index.js";
import { CliError, describeError, errorJson } from "./errors.js";
import { EXIT } from "./exit-codes.js";
import { refuseKeys } from "./keys.js";
import { Terminal } from "./terminal.js";

/** The version of the package, from the build. */
declare const FILMGATE_VERSION: string;

const terminal = new Terminal();
const args = process.argv.slice(2);

try {
  refuseKeys(args);
  // The help of an unknown command is an error that names the nearest one.
  const [first = "", second] = args;
  const given = first === "help" && second !== undefined && !COMMANDS.some(({ name }) => name === second) ? [second] : args;
  const program = await createProgram(given);
  await program.parseAsync(given, { from: "user" });
} catch (error) {
  process.exitCode = report(error);
}

/** The program with all commands, of which the called one is loaded. */
async function createProgram(given: readonly string[]): Promise<Command> {
  const program = new Command("filmgate")
    .description("Generate video on RunPod and Runware: priced before you pay, never paid twice, never lost.")
    .version(FILMGATE_VERSION, "-V, --version", "show the version")
    .helpOption("-h, --help", "show help")
    .helpCommand("help [command]", "show the help of a command")
    .usage("<command> [options]")
    .addHelpText("after", "\n`filmgate help COMMAND` has examples.\n`--simulate` tries everything without a key, for free.")
    .exitOverride()
    .configureOutput({ outputError: (text, write) => write(withoutValues(text)) });
  const [name, second] = given.filter((argument) => !argument.startsWith("-"));
  const called = name === "help" ? second : name;
  for (const { name, summary, load } of COMMANDS) {
    const description = `${summary.charAt(0).toUpperCase()}${summary.slice(1)}.`;
    const command = program.command(name).summary(summary).description(description).helpOption("-h, --help", "show help");
    if (name === called) (await load()).default(command, { terminal });
  }
  return program;
}

/** commander quotes an unknown option as it is given: its value may be anything. */
function withoutValues(text: string): string {
  return text.replace(/'(--?[\w-]+)=[^']*'/g, "'$1'");
}

/** Writes the error, and returns the exit code. */
function report(error: unknown): number {
  // commander has written its own message.
  if (error instanceof CommanderError) return error.exitCode === 0 ? EXIT.ok : EXIT.usage;
  const { text, exitCode } = describeError(error);
  if (args.includes("--json")) terminal.json({ event: "error", error: errorJson(error), exitCode });
  if (text) terminal.note(terminal.err.red(text));
  const isBug = exitCode === EXIT.internal && !(error instanceof CliError);
  if (isBug && process.env["DEBUG"] && error instanceof Error) terminal.note(error.stack ?? "");
  return exitCode;
}
