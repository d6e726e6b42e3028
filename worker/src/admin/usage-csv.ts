// Spending by UTC day, account, API key and model, as CSV.
import type { Call } from "../api/context.js";
import { dayOf, monthOf } from "../account/budget.js";
import { accountsOf, askAccounts, keyPages } from "../accounts.js";
import type { Env } from "../env.js";
import { apiError } from "../errors.js";
import { usdText } from "../money.js";
import type { AccountInfo, UsageRow } from "../types.js";

const HEADER = ["day", "account_id", "account", "key_id", "key", "model", "jobs", "spent_usd", "reserved_usd"];

interface Period {
  /** UTC days, both included. */
  from: string;
  to: string;
}

export async function usageCsv(call: Call): Promise<Response> {
  const period = periodOf(call);
  const rows = [HEADER, ...(await rowsOf(call.env, period))];
  return new Response(rows.map((cells) => `${cells.map(toCell).join(",")}\r\n`).join(""), {
    headers: {
      "content-type": "text/csv; charset=utf-8",
      "content-disposition": `attachment; filename="filmgate-${period.from}-${period.to}.csv"`,
      "cache-control": "no-store",
    },
  });
}

/** By default this month. @throws {ApiError} if a day is invalid. */
function periodOf(call: Call): Period {
  const now = Date.now();
  const from = dayIn(call, "from") ?? `${monthOf(now)}-01`;
  const to = dayIn(call, "to") ?? dayOf(now);
  if (from <= to) return { from, to };
  throw apiError("invalid_request", "`from` must not be after `to`.", { param: "from" });
}

function dayIn(call: Call, param: "from" | "to"): string | undefined {
  const day = call.req.query(param);
  if (day === undefined) return undefined;
  const at = /^\d{4}-\d{2}-\d{2}$/.test(day) ? Date.parse(day) : NaN;
  if (!Number.isNaN(at) && dayOf(at) === day) return day;
  throw apiError("invalid_request", `\`${param}\` must be a UTC day such as 2026-11-22.`, { param });
}

async function rowsOf(env: Env, { from, to }: Period): Promise<string[][]> {
  const names = new Map<string, string>();
  for await (const keys of keyPages(env)) for (const { id, name } of keys) names.set(id, name);
  const { found, unreadable } = await askAccounts(env, "account", "usage")(await accountsOf(env), () => [from, to]);
  const rows = found.flatMap(({ info, value }) => value.map((row) => cellsOf(info, names, row)));
  rows.sort((a, b) => compare(a.join("\n"), b.join("\n")));
  return [...rows, ...unreadable.map((id) => ["unreadable", id, ...HEADER.slice(2).map(() => "")])];
}

const cellsOf = ({ id, name }: AccountInfo, names: Map<string, string>, row: UsageRow): string[] => [
  row.day,
  id,
  safeText(name),
  row.keyId,
  safeText(names.get(row.keyId) ?? ""),
  safeText(row.model),
  String(row.jobs),
  usdText(row.spentMicroUsd),
  usdText(row.reservedMicroUsd),
];

/** A spreadsheet would run a text that begins like a formula. */
const safeText = (text: string): string => (/^[=+\-@\t\r]/.test(text) ? `'${text}` : text);

const toCell = (text: string): string => (/[",\r\n]/.test(text) ? `"${text.replaceAll('"', '""')}"` : text);

const compare = (a: string, b: string): number => (a < b ? -1 : a > b ? 1 : 0);
