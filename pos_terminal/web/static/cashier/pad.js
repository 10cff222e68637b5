// The number keys of the selling page, what they do to the current line, and PAY.
import { Amount, Button, html, Keypad } from "kit/ui.js";
import { t } from "kit/i18n.js";
import { amount, totals } from "../shared/till.js";
import { stepOf } from "../shared/words.js";
import { current, dialog, entry, removeLine, setQuantity, step } from "./desk.js";
import { pay } from "./selling_keys.js";

export function Pad() {
  const line = current.value;
  const mine = Boolean(line?.mine);
  const countable = mine && !line.weighed;
  return html`<div class="pad">
    <${Keypad} layout="amount" onKey=${entry.press} />
    <div class="deeds">
      <${Button} keys="*" disabled=${!countable} onClick=${setQuantity}>${t("Quantity")}<//>
      <${Button} keys="Del" disabled=${!mine} onClick=${removeLine}>${t("Remove")}<//>
      <${Button} icon="minus" label=${t("One less")} disabled=${!countable || line.quantity <= stepOf(line)} onClick=${() => step(-1)} />
      <${Button} icon="plus" label=${t("One more")} disabled=${!countable} onClick=${() => step(1)} />
      <${Button} keys="F8" onClick=${() => { dialog.value = "more"; }}>${t("More")}<//>
      <${Button} icon="delete" label=${t("Delete the last digit")} disabled=${!entry.text.value} onClick=${() => entry.press("back")} />
      <${Button} kind="primary" size="large" disabled=${!totals.value.count} onClick=${pay} label=${t("Pay")}>
        <span class="pay-word">${t("Pay")}<kbd aria-hidden="true">Enter</kbd></span><${Amount} value=${amount(totals.value.in_hand)} size=${24} strong /><//>
    </div></div>`;
}
