// Writes what was measured: a page for people, the numbers beside it.
import { mkdirSync, readFileSync, writeFileSync } from "node:fs";
import { availableParallelism } from "node:os";
import { join } from "node:path";
import { capture } from "../../scripts/lib/run.mjs";
import { modernNodeHere } from "../../scripts/lib/node.mjs";
import { formatJson } from "../../scripts/lib/json.mjs";
import { installed } from "../../scripts/lib/tools.mjs";

const at = (path) => new URL(`../${path}`, import.meta.url);
const read = (path) => JSON.parse(readFileSync(at(path), "utf8"));

/** The pinned packages of these clients, as `name version`. */
export function versions(clients) {
  const { dependencies } = read("package.json");
  const names = new Set(clients.flatMap(({ packages }) => packages));
  return [...names].map((name) => {
    const found = JSON.parse(readFileSync(join(installed(name, "bench"), "package.json"), "utf8"));
    const pinned = dependencies[name]?.split("@").at(-1);
    if (pinned && pinned !== found.version) throw new Error(`${name} is not ${pinned}`);
    return `${found.name} ${found.version}`;
  });
}

/** `node` is the version that the clients ran on: by default the one that was installed for them. */
export function write(name, { command, title, text, clients, raw, node: ranOn }) {
  const facts = {
    date: new Date().toISOString().slice(0, 10),
    command,
    node: ranOn ?? capture(modernNodeHere(), ["--version"]),
    platform: `${process.platform} ${process.arch}`,
    cores: availableParallelism(),
    versions: versions(clients),
  };
  const { date, node, platform, cores } = facts;
  const head = [
    `# ${title}`,
    "",
    `Written by \`${command}\` on ${date}: Node ${node}, ${platform}, ${cores} cores.`,
    "",
    `Measured: ${facts.versions.join(", ")}.`,
    "",
  ].join("\n");
  mkdirSync(at("results"), { recursive: true });
  writeFileSync(at(`results/${name}.md`), `${head}\n${text}\n`);
  writeFileSync(at(`results/${name}.json`), formatJson({ ...facts, ...raw }));
}

export function table(head, rows) {
  const line = (cells) => `| ${cells.join(" | ")} |`;
  return [line(head), line(head.map(() => "---")), ...rows.map(line)].join("\n");
}
