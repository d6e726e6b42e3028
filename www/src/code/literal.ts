// Values as JavaScript and as JSON.

const MAX_LINE_LENGTH = 80;

/** Source text, which is written as it is. */
export class Source {
  constructor(readonly text: string) {}
}

/** Controls, invisible and direction-changing characters: what is read has to be what runs. */
const INVISIBLE = /[\u007f-\u009f\u00ad\u061c\u200b-\u200f\u2028-\u202e\u2060-\u206f\ufeff\ufff9-\ufffb]/g;
const IDENTIFIER = /^[A-Za-z_$][\w$]*$/;

/** A string of JavaScript and of JSON. */
export function quoted(text: string): string {
  return JSON.stringify(text).replace(
    INVISIBLE,
    (character) => `\\u${character.charCodeAt(0).toString(16).padStart(4, "0")}`,
  );
}

/** A value as a JavaScript expression. Entries that are `undefined` are left out. */
export const literal = (value: unknown, indent = ""): string => write(value, indent, jsKey);

/** A value as JSON, in the same layout; a `Source` is written as it is. */
export const json = (value: unknown, indent = ""): string => write(value, indent, quoted);

function jsKey(name: string): string {
  if (name === "__proto__") return '["__proto__"]'; // Without brackets it would be the prototype.
  return IDENTIFIER.test(name) ? name : quoted(name);
}

function write(value: unknown, indent: string, key: (name: string) => string): string {
  if (value instanceof Source) return value.text;
  if (value instanceof URL) return quoted(value.href);
  if (typeof value === "string") return quoted(value);
  if (typeof value !== "object" || value === null) return JSON.stringify(value) ?? "null";
  const inner = `${indent}  `;
  const isList = Array.isArray(value);
  const items = isList
    ? value.map((item) => write(item, inner, key))
    : Object.entries(value)
        .filter(([, item]) => item !== undefined)
        .map(([name, item]) => `${key(name)}: ${write(item, inner, key)}`);
  const [open, close] = isList ? "[]" : "{}";
  if (items.length === 0) return `${open}${close}`;
  const line = isList ? `[${items.join(", ")}]` : `{ ${items.join(", ")} }`;
  if (line.length + indent.length <= MAX_LINE_LENGTH && !line.includes("\n")) return line;
  // JSON has no comma after the last item.
  const last = key === jsKey ? "," : "";
  return `${open}\n${items.map((item) => inner + item).join(",\n")}${last}\n${indent}${close}`;
}
