import { requireKey } from "../ask.js";
import { onCall, withExamples, withStore, type Configure, type StoreOptions } from "../command.js";
import { CliError, isFilmgateError } from "../errors.js";
import { EXIT } from "../exit-codes.js";
import { Session } from "../session.js";
import type { CancelResult } from "../../types/index.js";

const RESULTS: Record<CancelResult["result"], string> = {
  cancelled: "The job is cancelled.",
  already_finished: "The job had already ended.",
  unsupported: "The provider does not cancel the job: it continues, and is billed.",
};

const CHARGES: Record<CancelResult["charge"], string> = {
  none: "Nothing was billed.",
  charged: "It was billed.",
  unknown: "Whether it was billed is unknown.",
};

/** More than a cancel beside another command takes. */
const CANCEL_MS = 20_000;

const NOT_CONFIRMED =
  "The provider has not confirmed it: the job may continue and be billed. Look at its status, and cancel it again.";

const configure: Configure = (command, context) => {
  withStore(command).argument("<job>", "the id of the job, or its first characters");
  withExamples(command, [["Cancel a job", "filmgate cancel 3f2ab1c4"]]);
  onCall(command, async (id: string, options: StoreOptions) => {
    const session = new Session(context, options);
    const { job, simulated } = await session.find(id);
    if (!simulated) await requireKey(context, session, job.handle.provider);
    const client = await session.client({ simulated });
    const tracking = new AbortController();
    const resumed = client.resume(job.handle, { signal: tracking.signal, timeoutMs: CANCEL_MS });
    resumed.result().catch(() => {});
    const onError = (error: unknown): never => {
      throw isFilmgateError(error) && error.code === "timeout" ? new CliError(NOT_CONFIRMED, EXIT.jobContinues) : error;
    };
    const { result, charge } = await resumed.cancel().catch(onError).finally(() => tracking.abort());
    const { terminal } = context;
    terminal.lostCode = { none: EXIT.internal, charged: EXIT.failedBilled, unknown: EXIT.unknown }[charge];
    if (options.json) terminal.json({ id: job.handle.id, result, charge });
    else terminal.note(`${RESULTS[result]} ${CHARGES[charge]}`);
    return result === "unsupported" ? EXIT.jobContinues : EXIT.ok;
  });
};

export default configure;
