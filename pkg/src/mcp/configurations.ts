// How common clients are told of the server. Keys are references to the environment: no configuration holds one.

interface Client {
  title: string;
  file: string;
  note?: string;
  text: (args: readonly string[], keys: readonly string[]) => string;
}

const json = (value: unknown): string => JSON.stringify(value, null, 2);

/** On Windows, npx is a script, which only a shell can start. */
function command(args: readonly string[]): { command: string; args: string[] } {
  const all = ["-y", "filmgate", "mcp", ...args];
  return process.platform === "win32" ? { command: "cmd", args: ["/c", "npx", ...all] } : { command: "npx", args: all };
}

/** `${before}NAME${after}` for each variable. */
function references(keys: readonly string[], before: string, after: string): { env?: Record<string, string> } {
  return keys.length === 0 ? {} : { env: Object.fromEntries(keys.map((name) => [name, `${before}${name}${after}`])) };
}

const CLIENTS: Record<string, Client> = {
  "claude-desktop": {
    title: "Claude Desktop",
    file: "claude_desktop_config.json (Settings, Developer, Edit Config)",
    note: "It passes no variables on: the login shell reads the keys from your profile. On Windows, use another client.",
    text: (args) => {
      const line = ["exec npx -y filmgate mcp", ...args.map(quoted)].join(" ");
      return json({ mcpServers: { filmgate: { command: "/bin/sh", args: ["-lc", line] } } });
    },
  },
  "claude-code": {
    title: "Claude Code",
    file: ".mcp.json of the project",
    text: (args, keys) => json({ mcpServers: { filmgate: { ...command(args), ...references(keys, "${", ":-}") } } }),
  },
  cursor: {
    title: "Cursor",
    file: "~/.cursor/mcp.json, or .cursor/mcp.json of the project",
    text: (args, keys) => json({ mcpServers: { filmgate: { ...command(args), ...references(keys, "${env:", "}") } } }),
  },
  vscode: {
    title: "VS Code",
    file: ".vscode/mcp.json of the workspace",
    text: (args, keys) => json({ servers: { filmgate: { type: "stdio", ...command(args), ...references(keys, "${env:", "}") } } }),
  },
  windsurf: {
    title: "Windsurf",
    file: "~/.codeium/windsurf/mcp_config.json",
    text: (args, keys) => json({ mcpServers: { filmgate: { ...command(args), ...references(keys, "${env:", "}") } } }),
  },
  codex: {
    title: "Codex",
    file: "~/.codex/config.toml",
    text: (args, keys) => {
      const { command: program, args: all } = command(args);
      const lines = ["[mcp_servers.filmgate]", `command = ${JSON.stringify(program)}`, `args = ${JSON.stringify(all)}`];
      return [...lines, ...(keys.length > 0 ? [`env_vars = ${JSON.stringify(keys)}`] : [])].join("\n");
    },
  },
};

export const CLIENT_NAMES = Object.keys(CLIENTS);

/**
 * The configuration of one client, or of all with their files. `args`: those of the command; `keys`: names of the
 * variables with keys.
 */
export function configurationOf(name: string | undefined, args: readonly string[], keys: readonly string[]): string {
  const one = name === undefined ? undefined : CLIENTS[name];
  if (one) return one.text(args, keys);
  return Object.values(CLIENTS)
    .map(({ title, file, note, text }) => [`# ${title}: ${file}`, ...(note ? [`# ${note}`] : []), text(args, keys)].join("\n"))
    .join("\n\n");
}

/** A word of a shell's line. */
const quoted = (word: string): string => (/^[\w./:-]+$/.test(word) ? word : `'${word.replaceAll("'", "'\\''")}'`);
