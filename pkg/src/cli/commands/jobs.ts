import { onCall, withExamples, withStore, type Configure, type StoreOptions } from "../command.js";
import { JOB_HEAD, jobJson, jobRow } from "../jobs.js";
import { Session } from "../session.js";

interface Options extends StoreOptions {
  pending?: boolean;
}

const configure: Configure = (command, context) => {
  withStore(command).option("--pending", "only jobs that have not ended");
  withExamples(command, [
    ["All jobs of this machine's user", "filmgate jobs"],
    ["The ids of all jobs that have not ended", "filmgate jobs --pending | cut -f1"],
  ]);
  onCall(command, async (options: Options) => {
    const session = new Session(context, options);
    const found = await session.jobs({ pending: options.pending === true, simulated: options.simulate === true });
    const { terminal } = context;
    if (options.json) return terminal.json(found.map(jobJson));
    if (found.length === 0) terminal.note(`There is no ${options.pending ? "unfinished " : ""}job in ${session.folder}.`);
    else terminal.table(JOB_HEAD, found.map(jobRow));
  });
};

export default configure;
