// US dollars in decimals, and micro-dollars in integers. No conversion goes through a float.
const DECIMALS = /^(0|[1-9]\d{0,8})(?:\.(\d{1,6}))?$/;

/** Micro-dollars of a decimal such as `12.5`; `undefined` if it is invalid, negative, or finer than a micro-dollar. */
export function parseUsd(usd: number | string): number | undefined {
  const parts = DECIMALS.exec(String(usd));
  if (!parts) return undefined;
  return Number(parts[1] + (parts[2] ?? "").padEnd(6, "0"));
}

/** An amount as a decimal without trailing zeros, such as `12.5`. */
export function usdText(microUsd: number): string {
  const digits = String(Math.abs(microUsd)).padStart(7, "0");
  const fraction = digits.slice(-6).replace(/0+$/, "");
  const sign = microUsd < 0 ? "-" : "";
  return `${sign}${digits.slice(0, -6)}${fraction && `.${fraction}`}`;
}

/** The number that JSON prints as that decimal. */
export const toUsd = (microUsd: number): number => Number(usdText(microUsd));
