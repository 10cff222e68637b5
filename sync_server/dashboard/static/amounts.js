// Amounts and percentages that are typed: text becomes an integer by moving signs, so that no float ever stands between.
import { useState } from "preact/hooks";
import { decimal } from "kit/format.js";
import { locale, t } from "kit/i18n.js";
import { Field, html } from "kit/ui.js";

const POINT = { ru: "," };
const LONGEST = 9;

/** `"12,5"` as an integer of `digits` implied decimals, 1250 for two; null for what is no such number. */
export function typed(text, digits) {
  const [, whole, fraction = ""] = /^\s*(\d+)(?:[.,](\d*))?\s*$/.exec(text) ?? [];
  if (whole === undefined || whole.length > LONGEST || fraction.length > digits) return null;
  return Number(whole + fraction.padEnd(digits, "0"));
}

/** The other way round, as a person of this language types it; `short` leaves out decimals that are nothing. */
export function untyped(value, digits, short = false) {
  const text = decimal(value, digits);
  const shown = short && digits ? text.replace(/\.?0+$/, "") : text;
  return shown.replace(".", POINT[locale] ?? ".");
}

/** How many decimals amounts of a currency have. */
export const decimals = (currency) =>
  new Intl.NumberFormat("en", { style: "currency", currency }).resolvedOptions().maximumFractionDigits;

/** A field for a number of `digits` decimals: `value` is its integer, `onChange(integer)` hears only what is a number
 *  from `least` to `most`. */
export function Digits({ label, value, onChange, digits = 0, end, hint, least = 0, most = 10 ** LONGEST, short = true }) {
  const [text, setText] = useState(null);
  const shown = text ?? untyped(value, digits, short);
  const heard = (now) => {
    const found = typed(now, digits);
    setText(now);
    if (found !== null && found >= least && found <= most) onChange(found);
  };
  const found = typed(shown, digits);
  const wrong = found === null || found < least || found > most;
  return html`<${Field} label=${label} value=${shown} hint=${hint} inputmode=${digits ? "decimal" : "numeric"} autocomplete="off"
    error=${wrong ? t("From {least} to {most}.", { least: untyped(least, digits, true), most: untyped(most, digits, true) }) : undefined}
    onInput=${heard} onBlur=${() => !wrong && setText(null)} end=${end && html`<span class="quiet">${end}</span>`} />`;
}

/** A field for an amount in minor units of `currency`. */
export const Money = ({ currency, ...rest }) => html`<${Digits} digits=${decimals(currency)} short=${false} end=${currency} ...${rest} />`;

/** A field for hundredths of a percent. */
export const Percent = (rest) => html`<${Digits} digits=${2} end="%" most=${10_000} ...${rest} />`;
