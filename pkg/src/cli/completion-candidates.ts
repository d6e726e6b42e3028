// What can follow the words of a command line.
import { readFile, readdir } from "node:fs/promises";
import type { Command } from "commander";
import { COMMANDS } from "./commands/index.js";
import { PROVIDERS } from "./provider-ids.js";
import { simulatedFolder, storeFolder } from "./store-folder.js";
import type { Configure } from "./command.js";

export interface Candidate {
  value: string;
  about: string;
}

/** Commands whose argument is the id of a job. */
const OF_JOBS = new Set(["cancel", "download", "resume", "status"]);
/** Options whose value is known. */
const VALUES: Record<string, () => Promise<Candidate[]>> = {
  model: models,
  compare: models,
  provider: async () => PROVIDERS.map((value) => ({ value, about: "" })),
};

/** The candidates for the last word. None: the shell may complete files. */
export async function candidatesFor(words: readonly string[], configured: (load: Configure) => Command): Promise<Candidate[]> {
  const current = words.at(-1) ?? "";
  const all = COMMANDS.map(({ name, summary }) => ({ value: name, about: summary }));
  const [name, ...before] = words.slice(0, -1);
  if (name === undefined || name === "help") return startingWith(current, all);
  const entry = COMMANDS.find((one) => one.name === name);
  if (!entry) return [];
  const command = configured((await entry.load()).default);
  const last = before.at(-1) ?? "";
  const option = command.options.find(({ long, short, required }) => required && (last === long || last === short));
  if (option) return startingWith(current, (await VALUES[option.attributeName()]?.()) ?? []);
  if (current.startsWith("-")) {
    const options = command.options.map(({ long, description }) => ({ value: long ?? "", about: description }));
    return startingWith(current, [...options, { value: "--help", about: "show help" }]);
  }
  const choices = command.registeredArguments[0]?.argChoices?.map((value) => ({ value, about: "" })) ?? [];
  if (OF_JOBS.has(name)) return startingWith(current, await jobs());
  return startingWith(current, name === "probe" || name === "models" ? await models() : choices);
}

const startingWith = (start: string, all: Candidate[]): Candidate[] => all.filter(({ value }) => value.startsWith(start));

/** Read from the package's file: the module need not be compiled. */
async function models(): Promise<Candidate[]> {
  const document = JSON.parse(await readFile(new URL("../catalog.json", import.meta.url), "utf8")) as {
    models: { id: string; name: string }[];
  };
  return document.models.map(({ id, name }) => ({ value: id, about: name }));
}

/** The ids of the jobs, by the names of their files. */
async function jobs(): Promise<Candidate[]> {
  const folder = storeFolder(undefined);
  const ids = new Map<string, string>();
  for (const [path, about] of [[folder, "job"], [simulatedFolder(folder), "simulated job"]] as const) {
    for (const name of await readdir(path).catch(() => [])) {
      const [, id] = /^job-([0-9a-f-]{36})\.\d+\.json$/.exec(name) ?? [];
      if (id !== undefined) ids.set(id, about);
    }
  }
  return [...ids].map(([value, about]) => ({ value, about }));
}
