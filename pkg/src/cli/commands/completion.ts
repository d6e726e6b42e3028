import { Argument, Command } from "commander";
import { onCall, withExamples, type Configure } from "../command.js";
import { candidatesFor } from "../completion-candidates.js";
import { SCRIPTS, type Shell } from "../completion-scripts.js";

const configure: Configure = (command, context) => {
  command
    .addArgument(new Argument("<shell>", "the shell").choices(Object.keys(SCRIPTS)))
    .argument("[words...]", "the words so far: what the scripts pass")
    .option("--candidates", "write the candidates for the last word, each with a description after a tab");
  withExamples(command, [
    ["bash, in ~/.bashrc", "source <(filmgate completion bash)"],
    ["zsh, in ~/.zshrc after compinit", "source <(filmgate completion zsh)"],
    ["fish", "filmgate completion fish > ~/.config/fish/completions/filmgate.fish"],
  ]);
  onCall(command, async (shell: Shell, words: string[], { candidates }: { candidates?: boolean }) => {
    if (!candidates) return context.terminal.print(SCRIPTS[shell]);
    const found = await candidatesFor(words, (load) => configured(load, context));
    for (const { value, about } of found) context.terminal.print(`${value}\t${about}`);
  });
};

function configured(load: Configure, context: Parameters<Configure>[1]): Command {
  const command = new Command().helpOption("-h, --help", "show help");
  load(command, context);
  return command;
}

export default configure;
