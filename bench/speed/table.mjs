// What was measured as one table: a row for each measure, a column for each client.
import { verdict } from "../lib/goals.mjs";
import { table } from "../lib/results.mjs";
import { GATEWAY, MODULE, ONE, RESPONSE, SLIM, TWO, WHOLE } from "./names.mjs";

export const IMPORT = "import, ms";
export const FIRST = "first call, ms";
export const READY = "first call after `ready()`, ms";

/** The most that is allowed, in the unit of the row. */
const GOALS = {
  [`${ONE}, µs`]: { most: 25 },
  [`${TWO}, µs`]: { most: 40 },
  [`${RESPONSE}, µs`]: { most: 25 },
  [FIRST]: { most: 10, inChromium: 11 },
  // About 1 ms.
  [READY]: { most: 1.5, shown: "about 1" },
  [`${WHOLE}, kB`]: { most: 125 },
  [`${SLIM}, kB`]: { most: 18 },
  [`${GATEWAY}, kB`]: { most: 18 },
  [`${MODULE}, kB`]: { most: 92 },
};

export const hasGoal = (what) => what in GOALS;

/** Each runtime with its version. */
export const versionsOf = ({ runtimes }) => runtimes.map(({ name, version }) => `${name.split(" ")[0]} ${version}`);

/** The title of a column. */
export function titleOf(by, { baseline }) {
  if (by === "filmgate") return "**filmgate**";
  return by === "baseline" ? `filmgate at ${baseline}` : `\`${by}\``;
}

const runtimesOf = ({ runtimes }) => runtimes.map(({ name }) => name);

/** All rows, as `{ what, values: { by: one for each runtime, or a single one } }`. */
export function rowsOf(results) {
  const names = runtimesOf(results);
  const { calls, first, bytes } = results;
  const inEach = (by, valueIn) => names.map((name) => valueIn(name)?.[by]);
  const rows = Object.entries(calls[names[0]]).map(([what, row]) => ({
    what: `${what}, µs`,
    values: mapKeys(row, (by) => inEach(by, (name) => calls[name][what])),
  }));
  const firstBy = (by, field) => names.map((name) => first[name][by][field]);
  const clients = Object.keys(first[names[0]]).filter((by) => by !== "ready");
  const firsts = (field) => Object.fromEntries(clients.map((by) => [by, firstBy(by, field)]));
  rows.push({ what: IMPORT, values: firsts("importMs") });
  rows.push({ what: FIRST, values: firsts("callMs") });
  rows.push({ what: READY, values: { filmgate: firstBy("ready", "callMs") } });
  for (const [what, row] of Object.entries(bytes)) {
    rows.push({ what: `${what}, kB`, values: mapKeys(row, (by) => [row[by] / 1000]) });
  }
  return rows;
}

const mapKeys = (row, map) => Object.fromEntries(Object.keys(row).map((name) => [name, map(name)]));

/** The goal of a row, and whether filmgate meets it; two empty cells if there is none. */
function goalCells({ what, values: { filmgate } }, names) {
  const goal = GOALS[what];
  if (!goal) return ["", ""];
  const places = filmgate.length > 1 ? names : ["all"];
  const limits = places.map((name) => (name === "Chromium" && goal.inChromium) || goal.most);
  const shown = goal.shown ?? (goal.inChromium ? `${goal.most}, in Chromium ${goal.inChromium}` : String(goal.most));
  return [shown, verdict(limits, filmgate, places)];
}

/**
 * The table of these columns, and of the rows that `isShown` accepts and one of them has. With `goals` there are two more
 * columns.
 */
export function speedTable(results, columns, { isShown = () => true, goals = false } = {}) {
  const names = runtimesOf(results);
  const rows = rowsOf(results).filter(({ what, values }) => isShown(what) && columns.some((by) => values[by]));
  const head = columns.map((by) => titleOf(by, results));
  return table(
    [names.join(" · "), ...(goals ? ["goal", ""] : []), ...head],
    rows.map((row) => [
      row.what,
      ...(goals ? goalCells(row, names) : []),
      ...columns.map((by) => row.values[by]?.map(figure).join(" · ") ?? ""),
    ]),
  );
}

const figure = (value) => (value < 10 ? value.toFixed(2) : value.toFixed(1));
