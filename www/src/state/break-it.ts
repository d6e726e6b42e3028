// The faults that a visitor switches on in the simulated environments, and the providers' ledger.

import { computed, signal } from "@preact/signals";
import type { BreakIt, LedgerRow, SimulatorControl, SwitchId } from "../break-it/index.js";
import { environment, pageSimulator } from "./environment.js";
import { local } from "./settings.js";
import type { EnvironmentId } from "./settings.js";

type Module = typeof import("../break-it/index.js");

interface Opened {
  module: Module;
  control: SimulatorControl;
  faults: BreakIt;
}

const opened = new Map<EnvironmentId, Promise<Opened>>();

/** The switches that are on, by environment. */
const on = signal<ReadonlySet<string>>(new Set());
export const switches = signal<Module["SWITCHES"]>([]);
export const ledger = signal<readonly LedgerRow[] | undefined>(undefined);

export const canBreak = computed(() => environment.value?.isSimulated === true);

const nameOf = (environmentId: EnvironmentId, id: SwitchId): string => `${environmentId} ${id}`;

export const isOn = (id: SwitchId): boolean => on.value.has(nameOf(environment.value!.id, id));

/** How many are on in the shown environment. */
const countOn = computed(() => {
  const id = environment.value?.id;
  return [...on.value].filter((name) => name.startsWith(`${id} `)).length;
});

async function open(id: EnvironmentId): Promise<Opened> {
  const module = await import("../break-it/index.js");
  switches.value = module.SWITCHES;
  const page = id === "local" ? undefined : await pageSimulator();
  const control = page ? module.pageControl(page.simulator, page.transact) : module.serverControl(local!.runpod);
  return { module, control, faults: new module.BreakIt(control) };
}

function openFor(id: EnvironmentId): Promise<Opened> {
  let opening = opened.get(id);
  if (!opening) {
    opening = open(id);
    opened.set(id, opening);
    opening.catch(() => opened.delete(id));
  }
  return opening;
}

export async function turn(id: SwitchId, wanted: boolean): Promise<void> {
  const environmentId = environment.value!.id;
  const names = new Set(on.value);
  if (wanted) names.add(nameOf(environmentId, id));
  else names.delete(nameOf(environmentId, id));
  on.value = names;
  const { faults } = await openFor(environmentId);
  await faults.turn(id, wanted);
}

/** Each job meets the faults anew. */
export async function prepareSubmit(id: EnvironmentId): Promise<void> {
  if (countOn.value > 0) await (await openFor(id)).faults.beforeSubmit();
}

/** Reads the ledger of the shown environment. */
export async function readLedger(): Promise<void> {
  const current = environment.value;
  if (!current?.isSimulated) return void (ledger.value = undefined);
  const { module, control } = await openFor(current.id);
  const rows = module.ledgerRows(await control.ledger());
  if (environment.value?.id === current.id) ledger.value = rows;
}

/** The words and relations of the rows. */
export const ledgerModule = (): Promise<Module> => import("../break-it/index.js");
