import { requireKey } from "../ask.js";
import { onCall, withExamples, withOutput, withStore, type Configure, type Context, type OutputFlags, type StoreOptions } from "../command.js";
import { CliError, errorJson } from "../errors.js";
import { worst } from "../exit-codes.js";
import { assertStdout, assertWritable, outputFile, shortId, STDOUT } from "../outputs.js";
import { Session, type FoundJob } from "../session.js";
import { trackJobs, type Target } from "../track.js";

interface Options extends OutputFlags, StoreOptions {
  jobId?: string;
}

const configure: Configure = (command, context) => {
  withOutput(withStore(command.argument("[job...]", "ids of jobs, or their first characters; none: all that have not ended")))
    .option("--job-id <id>", "the provider's id of a job whose submit has an unknown outcome (RunPod)");
  withExamples(command, [
    ["Continue with all jobs after a crash", "filmgate resume"],
    ["One job, into a file", "filmgate resume 3f2ab1c4 -o fox.mp4"],
    ["A job that was looked up at RunPod", "filmgate resume 3f2ab1c4 --job-id 8d2e7f-u1"],
  ]);
  onCall(command, async (ids: string[], options: Options) => {
    const session = new Session(context, options);
    const found = ids.length > 0 ? await Promise.all(ids.map((id) => session.find(id))) : await unfinished(session, options);
    if (found.length > 0) return resumeJobs(context, session, found, { ...options, isAll: ids.length === 0 });
    const more = "`filmgate jobs` lists the others, and `filmgate download JOB` gets the video of one.";
    return context.terminal.note(`There is no unfinished job in ${session.folder}. ${more}`);
  });
};

const unfinished = (session: Session, { simulate }: Options): Promise<FoundJob[]> =>
  session.jobs({ pending: true, simulated: simulate === true });

interface ResumeOptions extends Options {
  /** The jobs are all that have not ended: one that cannot be resumed does not hold up the others. */
  isAll?: boolean;
}

/** Waits for stored jobs and downloads their videos. */
export async function resumeJobs(context: Context, session: Session, found: readonly FoundJob[], options: ResumeOptions): Promise<number> {
  if (options.jobId !== undefined && found.length > 1) throw new CliError("--job-id is of one job. Pass that job's id, too.");
  const several = found.length > 1;
  const targets: Target[] = [];
  const codes: number[] = [];
  for (const one of found) {
    const { handle } = one.job;
    const label = [handle.model, ...(several ? [shortId(handle.id)] : []), ...(one.simulated ? ["(simulated)"] : [])].join(" ");
    try {
      targets.push({ ...(await targetOf(context, session, one, several, options)), label });
    } catch (error) {
      if (!options.isAll || !(error instanceof CliError)) throw error;
      const { message, exitCode } = error;
      context.terminal.note(`${label}: ${message}`);
      if (options.json) context.terminal.json({ event: "error", id: handle.id, error: errorJson(error), exitCode });
      codes.push(exitCode);
    }
  }
  if (options.output === STDOUT) assertStdout(targets.length, options.json);
  const { json, download, force, store, timeout, jobId } = options;
  const code = await trackJobs(context, targets, { json, download, force, store, timeoutMs: timeout, jobId });
  return worst([...codes, code]);
}

/** A job with its client and its file. */
async function targetOf(
  context: Context,
  session: Session,
  { job, simulated }: FoundJob,
  several: boolean,
  options: Options,
): Promise<Omit<Target, "label">> {
  const { handle } = job;
  if (!simulated && !job.outcome) await requireKey(context, session, handle.provider);
  const client = await session.client({ simulated });
  const output = { output: options.output, id: handle.id, suffix: several ? shortId(handle.id) : undefined };
  if (options.download !== false && options.output !== STDOUT) {
    const count = handle.n ?? 1;
    assertWritable(Array.from({ length: count }, (_, at) => outputFile(output, at, count)), options.force);
  }
  return { client, begin: handle, output };
}

export default configure;
