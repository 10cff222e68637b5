// A gift card that is given out by itself: its code and PIN are shown once, and never again.
import { signal } from "@preact/signals";
import { sentence, t } from "kit/i18n.js";
import { Button, Dialog, Field, html, Switch } from "kit/ui.js";
import { ask } from "../ask.js";
import { print_slips } from "../print.js";
import { Refused } from "../promotions/history.js";

const open = signal(false);
const terms = signal({ pin: false, ends: "" });
const refusal = signal(null);

/** A code that was made a moment ago: `{code, pin}`, until somebody closes it. */
export const shown_once = signal(null);

export function ShownOnce() {
  const one = shown_once.value;
  const close = () => (shown_once.value = null);
  const print = () => print_slips([{ title: t("Gift card"), code: one.code, pin: one.pin, note: "" }]);
  return html`<${Dialog} open=${Boolean(one)} title=${t("The code, shown once")} closable=${false} onClose=${close}
    actions=${html`<${Button} icon="printer" onClick=${print}>${t("Print")}<//><${Button} kind="primary" onClick=${close}>${t("It is written down")}<//>`}>
    ${one && html`<div class="stack"><p class="card-code">${one.code}</p>${one.pin && html`<p class="card-code">PIN ${one.pin}</p>`}
      <p>${t("Whoever has it can pay with it. Nobody can see it again, also no manager; a lost one is replaced.")}</p></div>`}<//>`;
}

/** The button and the dialog of a new card; `onMade()` once the hub has it. It has no money until a till loads it. */
export function Issue({ onMade }) {
  const set = (part) => (terms.value = { ...terms.value, ...part });
  const issue = async () => {
    const { answer, error } = await ask("cards", terms.value);
    refusal.value = error ?? null;
    if (!answer) return;
    [open.value, shown_once.value] = [false, answer];
    onMade();
  };
  return html`<${Button} kind="primary" icon="plus" onClick=${() => (open.value = true)}>${t("Give out a card")}<//>
    <${Dialog} open=${open.value} title=${t("Give out a gift card")} onClose=${() => (open.value = false)}
      actions=${html`<${Button} onClick=${() => (open.value = false)}>${t("Not now")}<//><${Button} kind="primary" onClick=${issue}>${t("Make its code")}<//>`}>
      <div class="stack"><p class="quiet small">${t("It is empty. Money is put on it where it is paid for, or by correcting its balance.")}</p>
        <${Switch} label=${t("It asks for a PIN")} checked=${terms.value.pin} onChange=${(pin) => set({ pin })} />
        <${Field} type="datetime-local" label=${t("Good until")} value=${terms.value.ends} hint=${t("Empty: never. By the clock of each store.")} onInput=${(ends) => set({ ends })} />
        <${Refused} text=${refusal.value && sentence(refusal.value)} /></div><//><${ShownOnce} />`;
}
