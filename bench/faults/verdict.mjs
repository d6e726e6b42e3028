// The verdict on one client under one fault.

/** The meaning of the words, for the page. */
export const LEGEND = [
  ["ok", "one paid job, its video delivered"],
  ["X", "an error or nothing, and nothing paid"],
  ["kept", "one paid job, not delivered, but a new process finds it by what the caller had"],
  ["lost", "one paid job, not delivered, and nothing in hand that finds it"],
  ["free", "beside X: the error says that nothing is charged"],
  ["unknown", "beside one of these: the error says that it is not known whether a job was made"],
  ["cancelled", "the client cancelled the running job; the provider decides what that costs"],
  ["2×", "that many paid jobs for one call"],
  ["–", "the client makes no such request, or its API has no such fault"],
];

export function verdict({ met, charges, delivered, found, cancelled, told, free }) {
  if (!met && delivered && charges === 1) return "–";
  if (charges > 1) return `**${charges}×**${delivered ? "" : found ? ", kept" : ", lost"}`;
  if (cancelled > 0 && !delivered) return "cancelled";
  if (delivered) return "ok";
  if (found) return "kept";
  const unknown = told ? ", unknown" : "";
  if (charges > 0) return `**lost**${unknown}`;
  return `X${free ? ", free" : ""}${unknown}`;
}
