// How numbers, quantities and times look. Presentation only: no amount is computed here.
import { locale } from "./i18n.js";

const MINUTE = 60_000;
const HOUR = 60 * MINUTE;
const DAY = 24 * HOUR;
const UNITS = { kg: "kilogram", g: "gram", l: "liter", ml: "milliliter", m: "meter", cm: "centimeter" };
const kept = new Map();

function formatter(kind, key, make) {
  const name = `${kind}:${key}`;
  if (!kept.has(name)) kept.set(name, make());
  return kept.get(name);
}

/** An integer of `digits` implied decimals as decimal text, so that no float ever stands between: (945, 2) is "9.45". */
export function decimal(amount, digits) {
  const sign = amount < 0 ? "-" : "";
  const text = String(Math.abs(amount)).padStart(digits + 1, "0");
  return digits ? `${sign}${text.slice(0, -digits)}.${text.slice(-digits)}` : sign + text;
}

/** `{amount, currency}` in minor units as text; currencies of 0, 2 and 3 decimals come out right. */
export function money({ amount, currency }, { plain = false } = {}) {
  const made = formatter("money", `${currency}${plain}`, () => {
    const full = new Intl.NumberFormat(locale, { style: "currency", currency, currencyDisplay: "narrowSymbol" });
    const digits = full.resolvedOptions().maximumFractionDigits;
    const bare = { minimumFractionDigits: digits, maximumFractionDigits: digits };
    return { digits, format: plain ? new Intl.NumberFormat(locale, bare) : full };
  });
  return made.format.format(decimal(amount, made.digits)).replace("-", "\u2212");
}

/** Thousandths of a unit as text: (2000) is "2", (345, "kg") is "0.345 kg". */
export function quantity(thousandths, unit = "") {
  const style = UNITS[unit] ? { style: "unit", unit: UNITS[unit], unitDisplay: "short" } : {};
  const digits = UNITS[unit] && thousandths % 1000 ? 3 : 0;
  const made = formatter("quantity", `${unit}${digits}`, () =>
    new Intl.NumberFormat(locale, { ...style, minimumFractionDigits: digits, maximumFractionDigits: 3 }));
  return made.format(decimal(thousandths, 3));
}

/** A plain number by locale. */
export function number(value, options = {}) {
  return formatter("number", JSON.stringify(options), () => new Intl.NumberFormat(locale, options)).format(value);
}

let zone;

/** From now on moments are told in this IANA time zone: a store's hours are the store's, wherever the screen is. */
export function setZone(name) {
  zone = name || undefined;
}

// `at` is the time zone of that one moment, where it is another's than the page's.
const moment = (options) => (ms, at = zone) =>
  formatter("moment", `${at}${JSON.stringify(options)}`, () => new Intl.DateTimeFormat(locale, { ...options, timeZone: at })).format(ms);

/** Hours and minutes of a moment (integer ms since the epoch). */
export const time = moment({ hour: "2-digit", minute: "2-digit", hourCycle: "h23" });

/** The day of a moment. */
export const date = moment({ day: "numeric", month: "short", year: "numeric" });

/** Day, hours and minutes of a moment. */
export const dateTime = moment({ day: "numeric", month: "short", hour: "2-digit", minute: "2-digit", hourCycle: "h23" });

/** How long ago a moment was, coarse: "5 minutes ago". */
export function ago(ms, now = Date.now()) {
  const made = formatter("ago", "", () => new Intl.RelativeTimeFormat(locale, { numeric: "auto" }));
  const age = Math.max(0, now - ms);
  if (age < MINUTE) return made.format(0, "second");
  if (age < HOUR) return made.format(-Math.floor(age / MINUTE), "minute");
  if (age < DAY) return made.format(-Math.floor(age / HOUR), "hour");
  return made.format(-Math.floor(age / DAY), "day");
}
