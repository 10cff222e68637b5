// What is being typed on number keys, on the screen or on the keyboard, outside of any field.
import { signal } from "@preact/signals";

const BURST_GAP_MS = 150;

/** A typed number: `text` is a signal; `press(key)` takes the keypad's keys, `put(text)` what a field has now; `clear()`.
 *
 * A keyboard wedge's first characters look like typing until the burst is recognised as a scan: `undoBurst()` then
 * brings back what was there before it.
 */
export function createEntry({ max_chars = 13 } = {}) {
  const text = signal("");
  let [last, before] = [0, ""];

  // A field is put right by the wedge's own listener: what it has then is what was typed.
  function put(typed) {
    text.value = before = typed.slice(0, max_chars);
  }

  function press(key) {
    const now = performance.now();
    if (now - last > BURST_GAP_MS) before = text.value;
    last = now;
    if (key === "clear") text.value = "";
    else if (key === "back") text.value = text.value.slice(0, -1);
    else if (key !== "." || !text.value.includes(".")) text.value = (text.value + key).slice(0, max_chars);
  }

  return { text, press, put, clear: () => { text.value = ""; }, undoBurst: () => { text.value = before; } };
}

/** The keypad key that a keyboard event means, or "". A comma is a point: Russian keypads have one. */
export function keyOf(event) {
  if (event.ctrlKey || event.altKey || event.metaKey) return "";
  if (/^\d$/.test(event.key)) return event.key;
  return { ".": ".", ",": ".", Backspace: "back" }[event.key] ?? "";
}

/** Typed text as an integer of `digits` implied decimals, made of its characters so that no float stands between;
 *  null where it is no number: ("12.5", 2) is 1250. */
export function minor(text, digits) {
  const found = /^(\d*)\.?(\d*)$/.exec(text);
  if (!found || (!found[1] && !found[2]) || found[2].length > digits) return null;
  return Number.parseInt(`${found[1]}${found[2].padEnd(digits, "0")}` || "0", 10);
}

/** The decimals of a currency: 2 for EUR, 0 for JPY. */
export const decimals = (currency) =>
  new Intl.NumberFormat("en", { style: "currency", currency }).resolvedOptions().maximumFractionDigits;
