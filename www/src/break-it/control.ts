// How the simulated providers are controlled: in this page, or as a local server.
import type { FaultRule, Ledger, Simulator } from "filmgate/testing";

export interface SimulatorControl {
  /** Replaces all fault rules. */
  setFaults(rules: readonly FaultRule[]): Promise<void>;
  ledger(): Promise<Ledger>;
}

/** Runs a change on the newest state, and stores it: the simulator's option `transact`. */
export type Transact = (change: () => void) => Promise<void>;

/**
 * The simulator of this page. `transact`: the option that it was created with, if it has one. Without it, the rules would
 * be lost when the next request restores the state.
 */
export function pageControl(simulator: Simulator, transact: Transact = async (change) => change()): SimulatorControl {
  return {
    setFaults: (rules) => transact(() => simulator.setFaults({ rules: [...rules] })),
    async ledger() {
      let ledger: Ledger | undefined;
      await transact(() => (ledger = simulator.ledger()));
      return ledger ?? simulator.ledger();
    },
  };
}

/** A simulator that runs as a local server. `baseUrl`: one of its URLs, such as that of its RunPod. */
export function serverControl(baseUrl: string, fetch: typeof globalThis.fetch = globalThis.fetch): SimulatorControl {
  const { origin } = new URL(baseUrl);
  const call = async (name: string, body?: unknown): Promise<unknown> => {
    // Without a content type of its own, a page sends it without asking first.
    const init = body === undefined ? {} : { method: "POST", body: JSON.stringify(body) };
    const response = await fetch(`${origin}/control/${name}`, init);
    if (!response.ok) throw new Error(`The simulator returned HTTP ${response.status}. Start it again with \`npm start\`.`);
    return response.json();
  };
  return {
    setFaults: async (rules) => void (await call("faults", { rules })),
    ledger: async () => (await call("ledger")) as Ledger,
  };
}
