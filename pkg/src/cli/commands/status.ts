import { requireKey } from "../ask.js";
import { onCall, withExamples, withStore, type Configure, type StoreOptions } from "../command.js";
import { isFilmgateError } from "../errors.js";
import { exitCodeOf, EXIT } from "../exit-codes.js";
import { JOB_HEAD, jobJson, jobRow } from "../jobs.js";
import { clock } from "../progress.js";
import { Session } from "../session.js";
import type { JobStatus } from "../../types/index.js";

/** While another command tracks the job, no other one asks the provider: the record says what is known. */
const POLL_MS = 10_000;

const configure: Configure = (command, context) => {
  withStore(command).argument("<job>", "the id of the job, or its first characters");
  withExamples(command, [
    ["Has it ended?", "filmgate status 3f2ab1c4"],
    ["For a program", "filmgate status 3f2ab1c4 --json"],
  ]);
  onCall(command, async (id: string, options: StoreOptions) => {
    const session = new Session(context, options);
    const { job, simulated } = await session.find(id);
    const hasEnded = job.outcome ?? job.error;
    if (!simulated && !hasEnded) await requireKey(context, session, job.handle.provider);
    const client = await session.client({ simulated });
    const stored = async (error: unknown) => {
      if (isFilmgateError(error) && error.code === "timeout") return (await session.find(id)).job;
      throw error;
    };
    const status: JobStatus = hasEnded ? job : await client.status(job.handle, { timeoutMs: POLL_MS }).catch(stored);
    const { terminal } = context;
    const { etaMs, error } = status;
    if (options.json) terminal.json({ ...jobJson({ job: status, simulated }) });
    else {
      terminal.table(JOB_HEAD, [jobRow({ job: status, simulated })]);
      if (etaMs !== undefined && !error) terminal.note(`About ${clock(etaMs)} left.`);
      if (error) terminal.note(error.message);
    }
    if (status.outcome) return EXIT.ok;
    return error ? exitCodeOf(error) : EXIT.jobContinues;
  });
};

export default configure;
