// Money, times and names as text.

const PROVIDERS: Record<string, string> = { runpod: "RunPod", runware: "Runware" };
const MINUTE = 60_000;
const HOUR = 60 * MINUTE;
const DAY = 24 * HOUR;

export const providerName = (provider: string): string => PROVIDERS[provider] ?? provider;

/** `$1.20`; fractions of a cent only if there are any. */
export function money(usd: number): string {
  const digits = Number.isInteger(Math.round(usd * 1e6) / 1e4) ? 2 : 6;
  return `$${usd.toFixed(digits).replace(/(\.\d\d\d*?)0+$/, "$1")}`;
}

/** The amount of a text in US dollars: `undefined` if it is empty, NaN if it is not an amount. */
export function usdOf(text: string): number | undefined {
  const amount = text.trim().replace(/^\$\s*/, "");
  if (amount === "") return undefined;
  return /^\d+(\.\d+)?$/.test(amount) ? Number(amount) : NaN;
}

/** What is wrong with such a text. */
export const NOT_AN_AMOUNT = "Not an amount. Enter a number such as 2.50.";

/** `$1.20`, or `$2.40 to $4.00` if the two ends differ. */
export const moneyRange = (min: number, max: number): string =>
  min === max ? money(max) : `${money(min)} to ${money(max)}`;

/** `45 s`, `2 min 5 s`, `3 h 10 min`, `6 days 23 h`. */
export function span(ms: number): string {
  const [major, majorUnit, minor, minorUnit] =
    ms >= DAY ? ([DAY, "days", HOUR, "h"] as const)
    : ms >= HOUR ? ([HOUR, "h", MINUTE, "min"] as const)
    : ([MINUTE, "min", 1000, "s"] as const);
  const whole = Math.floor(ms / major);
  const rest = Math.floor((ms % major) / minor);
  if (whole === 0) return `${rest} ${minorUnit}`;
  const first = `${whole} ${whole === 1 && majorUnit === "days" ? "day" : majorUnit}`;
  return rest === 0 ? first : `${first} ${rest} ${minorUnit}`;
}

// A format takes milliseconds to make: not before it is used.
let clockTime: Intl.DateTimeFormat | undefined;
let dayTime: Intl.DateTimeFormat | undefined;

/** The time of day; with the date if it is not today. */
export function clock(time: number): string {
  const date = new Date(time);
  const isToday = date.toDateString() === new Date().toDateString();
  if (isToday) return (clockTime ??= new Intl.DateTimeFormat("en", { timeStyle: "short" })).format(date);
  return (dayTime ??= new Intl.DateTimeFormat("en", { dateStyle: "medium", timeStyle: "short" })).format(date);
}

/** `a, b, and c`. */
export const listText = (items: readonly string[]): string => new Intl.ListFormat("en").format(items);

/** `2.1 GB`, `1.4 MB`, `320 kB`. */
export function size(bytes: number): string {
  if (bytes >= 1e9) return `${(bytes / 1e9).toFixed(1)} GB`;
  if (bytes >= 1e6) return `${(bytes / 1e6).toFixed(1)} MB`;
  return `${Math.max(1, Math.round(bytes / 1000))} kB`;
}

/** A provider's own words may begin in lower case. */
export const capitalized = (text: string): string => text.charAt(0).toUpperCase() + text.slice(1);
