import { html } from "htm/preact";
import { quantity } from "../format.js";
import { t } from "../i18n.js";
import { Button } from "./button.js";

/** A quantity in thousandths with minus and plus. `onChange(value, delta)`; at `min` minus is off, or removes where `onRemove` is given. */
export function Stepper({ value, step = 1000, min = 0, max = 999_000, unit = "", label = t("Quantity"), disabled = false, onChange, onRemove }) {
  const at_floor = value - step < min || (onRemove && value - step <= 0);
  const lower = () => (at_floor ? onRemove?.() : onChange(value - step, -step));
  const keys = { ArrowUp: 1, ArrowDown: -1 };
  const pressed = (event) => {
    const way = keys[event.key];
    if (!way || disabled) return;
    event.preventDefault();
    if (way < 0 ? !at_floor : value + step <= max) onChange(value + way * step, way * step);
  };
  return html`<div class="stepper" role="group" aria-label=${label} onKeyDown=${pressed}>
    <${Button} kind="quiet" icon=${at_floor && onRemove ? "trash-2" : "minus"} label=${at_floor && onRemove ? t("Remove") : t("Less")}
      disabled=${disabled || (at_floor && !onRemove)} onClick=${lower} />
    <output class="amount" aria-live="polite">${quantity(value, unit)}</output>
    <${Button} kind="quiet" icon="plus" label=${t("More")} disabled=${disabled || value + step > max}
      onClick=${() => onChange(value + step, step)} />
  </div>`;
}
