// Money, times and names in words.

const PROVIDERS = { runpod: "RunPod", runware: "Runware" };
const clockTime = new Intl.DateTimeFormat("en", { timeStyle: "short" });
const dayTime = new Intl.DateTimeFormat("en", { dateStyle: "medium", timeStyle: "short" });
const MINUTE = 60_000;
const HOUR = 60 * MINUTE;
const DAY = 24 * HOUR;

export const providerName = (provider) => PROVIDERS[provider] ?? provider;

/** `$1.20`; parts of a cent only where there are some. */
export function money(usd) {
  const digits = Number.isInteger(Math.round(usd * 1e6) / 1e4) ? 2 : 6;
  return `$${usd.toFixed(digits).replace(/(\.\d\d\d*?)0+$/, "$1")}`;
}

/** `$1.20`, or `$2.40 to $4.00` where the two ends differ. */
export const moneyRange = (min, max) =>
  min === max ? money(max) : `${money(min)} to ${money(max)}`;

/** `45 s`, `2 min 5 s`, `3 h 10 min`, `6 days 23 h`. */
export function span(ms) {
  const [big, bigUnit, small, smallUnit] =
    ms >= DAY
      ? [DAY, "days", HOUR, "h"]
      : ms >= HOUR
        ? [HOUR, "h", MINUTE, "min"]
        : [MINUTE, "min", 1000, "s"];
  const whole = Math.floor(ms / big);
  const rest = Math.floor((ms % big) / small);
  if (whole === 0) return `${rest} ${smallUnit}`;
  const first = `${whole} ${whole === 1 && bigUnit === "days" ? "day" : bigUnit}`;
  return rest === 0 ? first : `${first} ${rest} ${smallUnit}`;
}

/** The time of day; with the date where it is another day than today. */
export function clock(time) {
  const date = new Date(time);
  const today = date.toDateString() === new Date().toDateString();
  return (today ? clockTime : dayTime).format(date);
}

/** `1.4 MB`, `320 kB`. */
export function size(bytes) {
  if (bytes >= 1e6) return `${(bytes / 1e6).toFixed(1)} MB`;
  return `${Math.max(1, Math.round(bytes / 1000))} kB`;
}
