// One film on its way: the page it is in, simulated providers of its own, the proxy between them.
import { openFaultProxy } from "./fault-proxy.mjs";
import { control, ledger, simulatorFor } from "./support.mjs";

// A run is over when the test says so.
const JOB_DURATION_MS = 600_000;

/**
 * `view` is what the film is seen in, a `Site` or a `BarePage`. `config` is the simulator's. With `freeze`,
 * the page stops for good when it is about to store the job with that time set in its handle.
 * `keepsAlive` is the proxy's.
 */
export async function openScenario(t, { name, view, provider, config, freeze, keepsAlive }) {
  const simulator = await simulatorFor(t, ["--job-duration-ms", String(JOB_DURATION_MS)]);
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

  /** Opens the page again after its end. */
  reopen() {
    return this.view.open(this);
  }

  reload() {
    return this.view.reload(this, this.freeze);
  }

  /** Submits, and does not wait. */
  begin() {
    return this.view.begin(this);
  }

  /** Once it is stored that the provider has the job. */
  accepted() {
    return this.view.accepted(this);
  }

  /** Once the film is being made, as far as the page knows. */
  runs() {
    return this.view.runs(this);
  }

  /** How the page says that its job has ended: `{ status, charge }`. */
  end() {
    return this.view.end(this);
  }

  /** Once the video has been fetched, whole. */
  download() {
    return this.view.download(this);
  }

  /** Lets the run come to its end at the provider, or to its middle. */
  finish(part = 1) {
    return control(this.simulator, "advance", { ms: JOB_DURATION_MS * part });
  }

  /** Submits that came to the provider, jobs that it made of them, and bills. */
  async counts() {
    const { submissions, charges } = await ledger(this.simulator);
    const jobs = submissions.filter(({ outcome }) => outcome === "accepted");
    return { submissions: submissions.length, jobs: jobs.length, charges: charges.length };
  }
}
