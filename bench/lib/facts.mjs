// What a program can read in an error, as plain JSON: every own field of it and of its causes. Not
// its stack, which is for people, and not the bodies of requests, which are the caller's own.
export function facts(value, seen = new Set()) {
  if (typeof value === "function" || typeof value === "symbol") return undefined;
  if (typeof value === "bigint") return String(value);
  if (typeof value !== "object" || value === null) return value;
  if (seen.has(value) || seen.size > 1000) return "(again)";
  seen.add(value);
  if (value instanceof URL || value instanceof Date) return String(value);
  if (Array.isArray(value)) return value.map((each) => facts(each, seen));
  const names = new Set(Object.getOwnPropertyNames(value));
  if (value instanceof Error) for (const name of ["name", "message", "code"]) names.add(name);
  if (isHttp(value)) for (const name of ["url", "status"]) names.add(name);
  names.delete("stack");
  return Object.fromEntries([...names].map((name) => [name, facts(value[name], seen)]));
}

const isHttp = (value) => value instanceof Request || value instanceof Response;
