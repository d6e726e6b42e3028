import { onCall, withExamples, withJson, withSimulate, type Configure, type StoreOptions } from "../command.js";
import { CliError } from "../errors.js";
import { Session } from "../session.js";

const configure: Configure = (command, context) => {
  withSimulate(withJson(command)).argument("[model...]", "ids of models (default: all)");
  withExamples(command, [
    ["Is a model still offered?", "filmgate probe wan-2.6"],
    ["All that are gone", "filmgate probe --json | jq '.[] | select(.status == \"gone\")'"],
  ]);
  onCall(command, async (models: string[], options: StoreOptions) => {
    const session = new Session(context, options);
    const client = await session.client({ simulated: options.simulate === true });
    const unknown = models.find((id) => !client.model(id));
    if (unknown !== undefined) throw new CliError(`There is no model \`${unknown}\`. \`filmgate models\` lists them.`);
    const results = await client.probe(models.length > 0 ? { models } : {});
    const { terminal } = context;
    if (options.json) return terminal.json(results);
    const rows = results.map(({ model, provider, status, reason = "" }) => [model, provider, status, reason]);
    terminal.table(["MODEL", "PROVIDER", "STATUS", "REASON"], rows);
  });
};

export default configure;
