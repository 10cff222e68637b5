import { html } from "htm/preact";
import { t } from "../i18n.js";
import { Icon } from "./icon.js";

const DIGITS = ["7", "8", "9", "4", "5", "6", "1", "2", "3"];
const LAYOUTS = { amount: [...DIGITS, "0", "00", "."], pin: ["1", "2", "3", "4", "5", "6", "7", "8", "9", "clear", "0", "back"], number: [...DIGITS, "clear", "0", "back"], address: [...DIGITS, ".", "0", ":"] };

/** Large number keys. `layout`: "amount", "number", "pin", "address". `onKey` gets "0".."9", "00", ".", ":", "back" or "clear". */
export function Keypad({ layout = "number", label = t("Number keys"), disabled = false, onKey }) {
  const faces = {
    back: html`<${Icon} name="delete" label=${t("Delete the last digit")} />`,
    clear: html`<span>${t("Clear")}</span>`,
  };
  return html`<div class="keypad" role="group" aria-label=${label}>${LAYOUTS[layout].map((key) => html`<button key=${key} type="button"
    class=${`key ${faces[key] ? "quiet-key" : ""}`} disabled=${disabled} onClick=${() => onKey(key)}>${faces[key] ?? key}</button>`)}</div>`;
}

/** How much of a PIN is typed: `filled` of `length` dots. */
export function PinDots({ filled, length = 4, wrong = false }) {
  return html`<div class=${`pin-dots ${wrong ? "wrong" : ""}`} role="img" aria-label=${t("{filled} of {length} digits", { filled, length })}>
    ${Array.from({ length }, (_, i) => html`<span key=${i} class=${i < filled ? "filled" : ""}></span>`)}</div>`;
}
