// One client under one fault, in a word.

/** What the word means, for the page. */
export const LEGEND = [
  ["ok", "one paid job, its video delivered"],
  ["X", "an error or nothing, and nothing paid"],
  ["kept", "one paid job, not delivered, but found again by a new process from what the caller had in hand"],
  ["lost", "one paid job, not delivered, and nothing in hand that finds it"],
  ["lost, told", "the same, but the error says `submission_unknown` and that the charge is unknown"],
  ["cancelled", "the client cancelled the running job; the provider decides what that costs"],
  ["2×", "that many paid jobs for one call"],
  ["–", "the client makes no such request"],
];

export function verdict({ met, charges, delivered, found, cancelled, told }) {
  if (!met) return "–";
  if (charges > 1) return delivered || found ? `**${charges}×**` : `**${charges}×**, lost`;
  if (cancelled > 0 && !delivered) return "cancelled";
  if (charges === 0) return "X";
  if (delivered) return "ok";
  if (found) return "kept";
  return told ? "lost, told" : "**lost**";
}
