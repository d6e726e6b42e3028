import { dollars } from "../../util/micro-usd.js";
import { onCall, withExamples, withJson, withSimulate, type Configure } from "../command.js";
import { CliError } from "../errors.js";
import { Session } from "../session.js";
import type { Mode, ModelSummary } from "../../types/index.js";

interface Options {
  mode?: Mode;
  all?: boolean;
  json?: boolean;
}

const configure: Configure = (command, context) => {
  withSimulate(withJson(command))
    .argument("[filter...]", "words in the id, the name or the creator; all must occur")
    .option("--mode <mode>", "only models with this mode, such as image-to-video")
    .option("--all", "also retired models");
  withExamples(command, [
    ["All models", "filmgate models"],
    ["Those of Kling that animate an image", "filmgate models kling --mode image-to-video"],
    ["Everything about one model, for a program", "filmgate models wan-2.6 --json"],
  ]);
  onCall(command, async (filter: string[], { mode, all, json }: Options) => {
    const client = await new Session(context, {}).client();
    const words = filter.map((word) => word.toLowerCase());
    const everything = client.models({ brief: true });
    const modes = [...new Set(everything.flatMap((model) => model.modes))];
    if (mode && !modes.includes(mode)) throw new CliError(`There is no mode \`${mode}\`. The modes are ${modes.join(", ")}.`);
    const found = everything.filter(
      (model) =>
        (all || model.status !== "retired") &&
        (!mode || model.modes.includes(mode)) &&
        words.every((word) => `${model.id} ${model.name} ${model.creator}`.toLowerCase().includes(word)),
    );
    const { terminal } = context;
    if (json) return terminal.json(found.map(({ id }) => client.model(id)));
    if (found.length === 0) terminal.note("No model matches. Pass fewer words, or --all for retired models, too.");
    terminal.table(["MODEL", "FROM", "PROVIDER", "NAME", "MODES"], found.map(row));
  });
};

function row({ id, name, modes, cheapestPrice, status }: ModelSummary): string[] {
  const from = cheapestPrice ? `${dollars(cheapestPrice.usd)}/${cheapestPrice.per === "second" ? "s" : "video"}` : "unknown";
  return [id, from, cheapestPrice?.provider ?? "", status === "live" ? name : `${name} (${status})`, modes.join(", ")];
}

export default configure;
