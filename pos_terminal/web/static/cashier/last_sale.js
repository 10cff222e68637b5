// While nothing is in hand: what to do, and how the sale before ended, so that nobody has to hurry to read the change.
import { Amount, Button, Empty, html, Status } from "kit/ui.js";
import { time } from "kit/format.js";
import { t } from "kit/i18n.js";
import { act, last_sale } from "../shared/till.js";
import { printState } from "../shared/words.js";

export function LastSale() {
  const sale = last_sale.value;
  const invitation = html`<${Empty} icon="scan-barcode" title=${t("Scan the first thing")}>
    ${t("Or type a code and press Enter, search by name with F2, or use the quick keys.")}<//>`;
  if (!sale) return html`<div class="nothing-yet">${invitation}</div>`;
  const value = (minor) => ({ amount: minor, currency: sale.currency });
  const job = printState(sale.print);
  return html`<div class="nothing-yet">${invitation}
    <div class="last-sale">
      <p class="between row"><span class="strong">${t("Last sale {number}", { number: sale.number })}</span><span class="quiet amount">${time(sale.at)}</span></p>
      <p class="between row"><span class="quiet">${t("Total")}</span><${Amount} value=${value(sale.total)} /></p>
      <p class="between row"><span class="quiet">${t("Change")}</span><${Amount} value=${value(sale.change)} size=${24} strong /></p>
      <p class="between row"><${Status} kind=${job.kind} icon="printer" label=${job.text} />
        <${Button} size="small" icon="printer" keys="F7" onClick=${() => act("reprint")}>${t("Copy")}<//></p>
    </div></div>`;
}
