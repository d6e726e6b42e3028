// Questions to a person, on stderr. Without a terminal, the error says what to pass.
import type { CANCEL_SYMBOL } from "@clack/prompts";
import { dollars } from "../util/micro-usd.js";
import { CliError } from "./errors.js";
import { EXIT } from "./exit-codes.js";
import { KEY_VARIABLES } from "./keys.js";
import { parseLimit } from "./money.js";
import type { Context } from "./command.js";
import type { Session } from "./session.js";
import type { ProviderId } from "../types/index.js";

/** Loaded for a question only. */
const prompts = () => import("@clack/prompts");
const ON_STDERR = { output: process.stderr } as const;
const NAMES: Record<ProviderId, string> = { runpod: "RunPod", runware: "Runware" };

/** The answer; Ctrl-C and Escape end the command. */
async function answered<T>(question: Promise<T | typeof CANCEL_SYMBOL>): Promise<T> {
  const answer = await question;
  if (typeof answer === "symbol") throw new CliError("Cancelled. Nothing was sent.", EXIT.interrupted);
  return answer;
}

/** Makes sure that a provider can be used. Returns whether the simulated ones are to be used instead. */
export async function chooseProviders({ terminal }: Context, session: Session): Promise<boolean> {
  if (session.ready.length > 0) return false;
  const missing = "There is no API key. Set RUNPOD_API_KEY or RUNWARE_API_KEY, or pass --simulate to try it for free.";
  if (!terminal.isInteractive) throw new CliError(missing, EXIT.noKey);
  const { select } = await prompts();
  const choice = await answered(
    select<"simulate" | ProviderId>({
      message: "There is no API key. How do you want to continue?",
      options: [
        { value: "simulate", label: "Simulate it", hint: "free, no key, a small test video" },
        { value: "runware", label: "Enter a key of Runware", hint: "not shown, not stored" },
        { value: "runpod", label: "Enter a key of RunPod", hint: "not shown, not stored" },
      ],
      ...ON_STDERR,
    }),
  );
  if (choice === "simulate") return true;
  await askForKey(session, choice);
  return false;
}

/** Makes sure that a job's provider can be used. */
export async function requireKey({ terminal }: Context, session: Session, provider: ProviderId): Promise<void> {
  if (session.ready.includes(provider)) return;
  if (!terminal.isInteractive) {
    throw new CliError(`There is no API key of ${NAMES[provider]}. Set ${KEY_VARIABLES[provider]}.`, EXIT.noKey);
  }
  await askForKey(session, provider);
}

async function askForKey(session: Session, provider: ProviderId): Promise<void> {
  const validate = (text: string | undefined) => (text?.trim() ? undefined : "Enter the key, or press Ctrl-C.");
  const { password } = await prompts();
  const key = await answered(password({ message: `API key of ${NAMES[provider]}`, validate, ...ON_STDERR }));
  session.useKey(provider, key.trim());
}

/** Asks for the spending limit. `price`: the highest price of the quote, in US dollars. */
export async function askForLimit({ terminal }: Context, price: number | undefined): Promise<number> {
  const known = price === undefined ? "The price is unknown." : `The price is at most ${dollars(price)}.`;
  if (!terminal.isInteractive) {
    const example = price === undefined ? "1.00" : dollars(price).slice(1);
    throw new CliError(`A spending limit is missing. ${known} Pass --max-cost, such as --max-cost ${example}.`);
  }
  const validate = (text: string | undefined) => {
    try {
      parseLimit(text ?? "");
    } catch (error) {
      return (error as Error).message;
    }
  };
  const initialValue = price === undefined ? "" : dollars(price).slice(1);
  const message = `${known} Spending limit in US dollars`;
  const question = await prompts();
  return parseLimit(await answered(question.text({ message, initialValue, validate, ...ON_STDERR })));
}
