// One job: the page that submits it, its own simulated providers, and the proxy between them.
import { openFaultProxy } from "../fault-proxy.mjs";
import { control, ledger, simulatorFor } from "./support.mjs";

// A job ends only when the test advances the clock.
const JOB_DURATION_MS = 600_000;

/**
 * `view`: the page, a `Site` or a `BarePage`. `config`: the simulator's. `freeze`: the page hangs when it is
 * about to store the job with that time set in its handle. `keepsAlive`: the proxy's.
 */
export async function openScenario(t, { name, view, provider, config, freeze, keepsAlive }) {
  const simulator = await simulatorFor(t, { jobDurationMs: JOB_DURATION_MS });
  if (config) await control(simulator, "config", config);
  const proxy = await openFaultProxy(t, simulator, { keepsAlive });
  const scenario = new Scenario({ name, view, provider, simulator, proxy, freeze });
  scenario.frozen = proxy.hold("frozen");
  await view.serve(t, proxy);
  await view.open(scenario, freeze);
  return scenario;
}

class Scenario {
  constructor(parts) {
    Object.assign(this, parts);
  }

  /** Opens the page again after its death. */
  reopen() {
    return this.view.open(this);
  }

  reload() {
    return this.view.reload(this, this.freeze);
  }

  /** Submits, and does not wait for the response. */
  submit() {
    return this.view.submit(this);
  }

  /** Waits until the page has stored that the provider accepted the job. */
  waitUntilAccepted() {
    return this.view.waitUntilAccepted(this);
  }

  /** Waits until the page knows that the job is running. */
  waitUntilRunning() {
    return this.view.waitUntilRunning(this);
  }

  /** The job's result as the page reports it: `{ status, charge }`. */
  result() {
    return this.view.result(this);
  }

  /** Downloads the whole video. */
  download() {
    return this.view.download(this);
  }

  /** Advances the provider's clock to the job's end, or to a fraction of it. */
  finish(part = 1) {
    return control(this.simulator, "advance", { ms: JOB_DURATION_MS * part });
  }

  /** The submissions that reached the provider, the jobs it accepted, and the charges. */
  async counts() {
    const { submissions, charges } = await ledger(this.simulator);
    const jobs = submissions.filter(({ outcome }) => outcome === "accepted");
    return { submissions: submissions.length, jobs: jobs.length, charges: charges.length };
  }
}
