// What the set-up page says: what to do, what happens then, and on a terminal that is set up anew what becomes of its sales.
import { boot } from "kit/boot.js";
import { number } from "kit/format.js";
import { sentence, t, tn } from "kit/i18n.js";
import { html } from "kit/ui.js";
import { link, set_up, terminal } from "./till.js";
import { named } from "./words.js";

const steps = (texts) => html`<ol class="set-up-steps">${texts.map((text, i) => html`<li key=${text}><span class="step-number" aria-hidden="true">${number(i + 1)}</span><p>${text}</p></li>`)}</ol>`;

function kept() {
  const { unsent = 0, unsent_sales: sales = 0 } = link.value ?? {};
  if (sales) return tn("{n} sale that the hub has not heard stays here, and is sent as soon as the code is taken.", "{n} sales that the hub has not heard stay here, and are sent as soon as the code is taken.", sales);
  return unsent ? t("What the hub has not heard yet stays here, and is sent as soon as the code is taken.") : t("The hub has heard every sale of this machine; nothing is lost.");
}

function Again() {
  const name = named(terminal.value?.names);
  return html`<section class="set-up-words"><h1>${t("Set up {terminal} anew", { terminal: name })}</h1>
    ${link.value?.refused && html`<p>${sentence(link.value.refused)}</p>`}
    ${steps([
      t("On the dashboard a manager opens “Sync”, then {terminal}, and presses “Make a code”. Make sure that this is the machine that shall go on as {terminal}.", { terminal: name }),
      t("Type the code here, or scan the picture beside it. From then on any other copy of {terminal} is shut out.", { terminal: name }),
      kept(),
      t("Where the other copy used the same sale numbers, both sales are kept, and a manager sees them under “Needs a person”."),
    ])}</section>`;
}

export function Explained() {
  if (set_up.value.again) return html`<${Again} />`;
  const till = boot.kind !== "kiosk";
  return html`<section class="set-up-words"><h1>${till ? t("Set up this till") : t("Set up this kiosk")}</h1>
    ${steps([
      t("On the dashboard a manager opens “Sync”, then this terminal, and presses “Make a code”."),
      t("Type the code here, or scan the picture beside it."),
      till ? t("Goods, prices and people then come by themselves, and you can sign in.") : t("Goods and prices then come by themselves, and the kiosk is ready for shoppers."),
    ])}</section>`;
}
