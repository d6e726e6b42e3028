import { randomBytes } from "node:crypto";
import { resolve } from "node:path";
import { InvalidArgumentError } from "commander";
import { dollars, toMicroUsd, toUsd } from "../../util/micro-usd.js";
import { onCall, withExamples, withSimulate, type Configure, type Context } from "../command.js";
import { CliError } from "../errors.js";
import { EXIT } from "../exit-codes.js";
import { Interrupt } from "../interrupt.js";
import { KEY_VARIABLES } from "../keys.js";
import { parseLimit } from "../money.js";
import { PROVIDERS } from "../provider-ids.js";
import { Session } from "../session.js";
import { simulatedFolder } from "../store-folder.js";

interface Options {
  budget: number;
  resetBudget?: boolean;
  folder?: string;
  maxWait: number;
  http?: number | true;
  install?: string | true;
  simulate?: boolean;
  store?: string;
}

/** The version of the package, from the build. */
declare const FILMGATE_VERSION: string;

const DEFAULT_BUDGET_USD = 1;
/** Clients end a call after 60 seconds. */
const MAX_WAIT_SECONDS = 45;
const DEFAULT_PORT = 8788;
const TOKEN_VARIABLE = "FILMGATE_MCP_TOKEN";
const MIN_TOKEN_LENGTH = 16;

const configure: Configure = (command, context) => {
  withSimulate(command)
    .option("--budget <usd>", "what all jobs of the server may cost together, also after a restart", parseLimit, DEFAULT_BUDGET_USD)
    .option("--reset-budget", "forget what was spent so far, and end")
    .option("--folder <folder>", "where videos go (default: videos in the working folder)")
    .option("--max-wait <seconds>", "the longest time of a call; less than the limit of the client", waitSeconds, MAX_WAIT_SECONDS)
    .option("--http [port]", `serve streamable HTTP on 127.0.0.1 (default port: ${DEFAULT_PORT}); the token is ${TOKEN_VARIABLE}, or printed`, port)
    .option("--install [client]", "print the configuration for clients: claude-desktop, claude-code, cursor, vscode, windsurf, codex")
    .option("--store <folder>", "the folder of the jobs and the budget (default: FILMGATE_STORE, or a folder of the user)");
  withExamples(command, [
    ["Configure a client, with a budget of five dollars", "filmgate mcp --install cursor --budget 5"],
    ["Try it without a key, for free", "filmgate mcp --simulate"],
    ["Over HTTP, for clients on this machine", "filmgate mcp --http --budget 5"],
    ["Allow the budget again, after it was spent", "filmgate mcp --reset-budget"],
  ]);
  onCall(command, (options: Options) => mcp(context, options));
};

async function mcp(context: Context, options: Options): Promise<number | void> {
  const { terminal } = context;
  const { CLIENT_NAMES, Ledger, configurationOf, serveMcp } = await import("../../mcp/index.js");
  if (options.install !== undefined) {
    const name = options.install === true ? undefined : options.install;
    if (name !== undefined && !CLIENT_NAMES.includes(name)) {
      throw new CliError(`There is no configuration for \`${name}\`. Pass ${CLIENT_NAMES.join(", ")}.`);
    }
    return terminal.print(configurationOf(name, configuredArguments(options), options.simulate ? [] : Object.values(KEY_VARIABLES)));
  }
  dropReferences();
  const session = new Session(context, options);
  const simulated = options.simulate === true;
  const store = simulated ? simulatedFolder(session.folder) : session.folder;
  const budgetMicroUsd = toMicroUsd(options.budget);
  if (options.resetBudget) {
    const ledger = new Ledger(store, budgetMicroUsd);
    await ledger.reset();
    const { reservedMicroUsd } = await ledger.balance();
    return terminal.note(`The budget is reset. Jobs that have not ended take up to ${dollars(toUsd(reservedMicroUsd))} of it.`);
  }
  const providers = simulated || session.ready.length === 0 ? PROVIDERS : session.ready;
  if (!simulated && session.ready.length === 0) {
    terminal.note("There is no API key, so that no video can be submitted. Set RUNPOD_API_KEY or RUNWARE_API_KEY, or pass --simulate.");
  }
  const interrupt = new Interrupt();
  // Answers to calls that submit are lost then.
  terminal.lostCode = EXIT.unknown;
  await serveMcp({
    client: await session.client({ simulated }),
    providers,
    store,
    budgetMicroUsd,
    folder: { path: resolve(options.folder ?? "videos"), isChosen: options.folder !== undefined },
    maxWaitMs: options.maxWait * 1000,
    version: FILMGATE_VERSION,
    mask: (text) => terminal.mask?.text(text) ?? text,
    signal: interrupt.signal,
    http: options.http === undefined ? undefined : httpOptions(context, options.http),
  }).catch((error: NodeJS.ErrnoException) => {
    if (error.code !== "EADDRINUSE") throw error;
    throw new CliError("The port is in use. Pass another one with --http.");
  });
  interrupt.close();
  return interrupt.exitCode ?? 0;
}

function httpOptions({ terminal }: Context, given: number | true) {
  const token = process.env[TOKEN_VARIABLE];
  if (token !== undefined && token.length < MIN_TOKEN_LENGTH) {
    throw new CliError(`${TOKEN_VARIABLE} is too short. It must have at least ${MIN_TOKEN_LENGTH} characters.`);
  }
  const made = token ?? randomBytes(32).toString("base64url");
  return {
    port: given === true ? DEFAULT_PORT : given,
    token: made,
    onListening: (url: string) => {
      terminal.note(`The MCP server is ready: ${url}`);
      terminal.note(token === undefined ? `Bearer token: ${made}` : `The bearer token is that of ${TOKEN_VARIABLE}.`);
    },
  };
}

/** The options that the configured server has, too. */
function configuredArguments({ budget, folder, maxWait, simulate, store }: Options): string[] {
  return [
    "--budget", dollars(budget).slice(1),
    ...(folder === undefined ? [] : ["--folder", resolve(folder)]),
    ...(maxWait === MAX_WAIT_SECONDS ? [] : ["--max-wait", String(maxWait)]),
    ...(store === undefined ? [] : ["--store", resolve(store)]),
    ...(simulate ? ["--simulate"] : []),
  ];
}

/** Some clients pass a reference to a variable that does not exist as it is written, or as an empty text. */
function dropReferences(): void {
  for (const name of Object.values(KEY_VARIABLES)) {
    if (/^(\$\{.*\})?$/.test(process.env[name] ?? "")) delete process.env[name];
  }
}

function waitSeconds(text: string): number {
  const value = Number(text);
  if (!(value > 0 && value <= MAX_WAIT_SECONDS)) throw new InvalidArgumentError(`It must be a number of seconds, at most ${MAX_WAIT_SECONDS}.`);
  return value;
}

function port(text: string): number {
  const value = Number(text);
  if (!/^\d+$/.test(text) || value > 65_535) throw new InvalidArgumentError("It must be a number from 0 to 65535.");
  return value;
}

export default configure;
