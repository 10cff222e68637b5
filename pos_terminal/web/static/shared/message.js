// The one place where the till speaks: it is always there, so nothing moves when it has something to say.
import { Button, html, Icon, Progress, Strip } from "kit/ui.js";
import { number } from "kit/format.js";
import { sentence, t } from "kit/i18n.js";
import { minute } from "./clock.js";
import { act, last_sale, link, notice, paying, refusal, status } from "./till.js";
import { offlineSentence, printState } from "./words.js";

const KINDS = { info: "idle", unknown: "attention", needs_you: "trouble" };
const ICONS = { info: "info", unknown: "circle-question-mark", needs_you: "octagon-alert" };

export const dismiss = () => {
  if (refusal.value) refusal.value = null;
  else if (notice.value) act("dismiss");
};

/** Whether there is something to dismiss. */
export const speaking = () => Boolean(refusal.value || notice.value);

const away = () => html`<${Button} size="small" kind="quiet" icon="x" label=${t("Dismiss")} onClick=${dismiss} />`;

/** What is most worth saying now: {kind, icon, text, action}, or null. */
function current(closable, may_set_up) {
  if (status.value === "offline") {
    return { kind: "trouble", text: t("The till's program does not answer. Nothing was lost; the page goes on as soon as it is back.") };
  }
  if (refusal.value) return { kind: "attention", text: sentence(refusal.value), action: closable && away() };
  const said = notice.value;
  if (said) return { kind: KINDS[said.tone], icon: ICONS[said.tone], text: sentence(said), action: closable && away() };
  const job = printState(last_sale.value?.print);
  if (job.again) {
    const again = html`<${Button} size="small" icon="printer" onClick=${() => act("retry_print")}>${t("Print again")}<//>`;
    return { kind: job.kind, icon: "printer", text: [job.text, last_sale.value.print_reason].filter(Boolean).join(". "), action: again };
  }
  if (link.value?.refused) {
    if (!may_set_up || !link.value.set_up_anew) return { kind: "trouble", text: sentence(link.value.refused) };
    // Why it is so stands on the page that the button opens; here is room for what matters while one sells.
    const anew = html`<${Button} size="small" onClick=${() => act("set_up_open")}>${t("Set up anew")}<//>`;
    return { kind: "trouble", text: t("The hub takes nothing from this terminal. Selling goes on, and everything is kept."), action: anew };
  }
  if (link.value && !link.value.online) return { kind: "attention", icon: "cloud-off", text: offlineSentence(link.value, minute.value) };
  if (paying.value) {
    return { kind: "attention", icon: "banknote", text: t("This cart is being paid at {place} now. Its goods there cannot be taken over until that is done.", { place: paying.value.place?.names ?? "" }) };
  }
  const loading = link.value?.loading;
  if (loading) {
    const counts = { done: number(loading.done), total: number(loading.total) };
    const bar = html`<${Progress} value=${loading.done} max=${loading.total} waits=${loading.waits} label=${t("Goods and prices")} text=${t("{done} of {total}", counts)} />`;
    return { kind: "busy", text: html`${t("New goods and prices are coming: {done} of {total}. Selling goes on with those that are here.", counts)}${bar}` };
  }
  return null;
}

/** `calm` is what stands there while there is nothing to say; not `closable` where nothing can be touched, and not
 *  `may_set_up` where only shoppers stand. */
export function Message({ calm, closable = true, may_set_up = closable }) {
  const said = current(closable, may_set_up);
  if (!said) return html`<div class="message calm" role="status">${calm && html`<${Icon} name="scan-barcode" /><span>${calm}</span>`}</div>`;
  return html`<div class="message"><${Strip} kind=${said.kind} icon=${said.icon} action=${said.action}>${said.text}<//></div>`;
}
