// One film on its way: the page it is in, simulated providers of its own, the gate between them.
import { openGate } from "./gate.mjs";
import { control, ledger, simulatorFor } from "./support.mjs";

// A run is over when the test says so.
const RUN_MS = 600_000;

/**
 * `view` is what the film is seen in, a `Site` or a `Bare`. `config` is the simulator's. With `freeze`,
 * the page stops for good when it is about to store the job with that time set in its handle.
 * `keepsAlive` is the gate's.
 */
export async function openScene(t, { name, view, provider, config, freeze, keepsAlive }) {
  const simulator = await simulatorFor(t, ["--job-duration-ms", String(RUN_MS)]);
  if (config) await control(simulator, "config", config);
  const gate = await openGate(t, simulator, { keepsAlive });
  const scene = new Scene({ name, view, provider, simulator, gate, freeze });
  scene.frozen = gate.hold("frozen");
  await view.serve(t, gate);
  await view.open(scene, freeze);
  return scene;
}

class Scene {
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
    return control(this.simulator, "advance", { ms: RUN_MS * part });
  }

  /** Submits that came to the provider, jobs that it made of them, and bills. */
  async counts() {
    const { submissions, charges } = await ledger(this.simulator);
    const jobs = submissions.filter(({ outcome }) => outcome === "accepted");
    return { submissions: submissions.length, jobs: jobs.length, charges: charges.length };
  }
}
