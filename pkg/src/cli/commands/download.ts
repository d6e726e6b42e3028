import { onCall, withExamples, withOutput, withStore, type Configure, type OutputFlags, type StoreOptions } from "../command.js";
import { CliError } from "../errors.js";
import { EXIT, exitCodeOf } from "../exit-codes.js";
import { resumeCommand } from "../outputs.js";
import { Session } from "../session.js";
import { resumeJobs } from "./resume.js";

const configure: Configure = (command, context) => {
  withOutput(withStore(command.argument("<job>", "the id of the job, or its first characters")));
  withExamples(command, [
    ["Into a file", "filmgate download 3f2ab1c4 -o fox.mp4"],
    ["To another program", "filmgate download 3f2ab1c4 -o - | ffprobe -"],
  ]);
  onCall(command, async (id: string, options: OutputFlags & StoreOptions) => {
    const session = new Session(context, options);
    const found = await session.find(id);
    const { outcome, error, handle } = found.job;
    if (outcome) return resumeJobs(context, session, [found], options);
    if (error) throw new CliError(`The job has no video: ${error.message}`, exitCodeOf(error));
    const resume = resumeCommand({ output: options.output, id: handle.id }, options);
    throw new CliError(`The job has not ended. Wait for it with: ${resume}`, EXIT.jobContinues);
  });
};

export default configure;
