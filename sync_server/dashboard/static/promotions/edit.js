// One promotion: what it gives, on what, when; beside it what it would do, before it is switched on.
import { signal } from "@preact/signals";
import { sentence, t } from "kit/i18n.js";
import { Button, Dialog, Field, html, Loading, Select, Status, Switch, Tabs, toast } from "kit/ui.js";
import { word } from "../words.js";
import { BenefitFields } from "./benefit.js";
import { ConditionFields } from "./conditions.js";
import { base, busy, change, changed, copy, draft, open, refusal, save, turn, words } from "./draft.js";
import { Conflict, History, Refused } from "./history.js";
import { Replay } from "./replay.js";
import { Trial } from "./trial.js";
import { gives, holds, times } from "./words.js";

const beside = signal("try");
const asked = signal("");
const LANES = () => [{ id: "10", label: t("Goods, first") }, { id: "20", label: t("Whole cart, second") }, { id: "30", label: t("Coupons, last") }];

const go = (id) => (location.hash = id ? `promotions/${encodeURIComponent(id)}` : "promotions");

async function keep(part, text) {
  const id = await save(part);
  if (!id) return;
  toast({ kind: "good", text });
  go(id);
}

async function do_turn(to, text) {
  const { id, version } = base.value;
  asked.value = "";
  if (await turn(id, version, to)) return;
  toast({ kind: "good", text });
  if (to === "withdrawn") go("");
  else open(id);
}

function NameFields() {
  const { names } = draft.value;
  const set = (part) => change({ names: { ...names, ...part } });
  return html`<section class="panel stack"><h2>${t("Name")}</h2><p class="quiet small">${t("It stands on the receipt and on every screen.")}</p>
    <div class="pair"><${Field} label=${t("In English")} value=${names.en ?? ""} maxlength="60" onInput=${(en) => set({ en })} />
    <${Field} label=${t("In Russian")} value=${names.ru ?? ""} maxlength="60" onInput=${(ru) => set({ ru })} /></div></section>`;
}

function TimeFields() {
  const one = draft.value;
  const lanes = LANES().some(({ id }) => id === String(one.lane)) ? LANES() : [...LANES(), { id: String(one.lane), label: String(one.lane) }];
  return html`<section class="panel stack"><h2>${t("Time and turn")}</h2>
    <div class="pair"><${Field} type="datetime-local" label=${t("Begins")} value=${one.begin} hint=${t("Empty: at once.")} onInput=${(begin) => change({ begin })} />
    <${Field} type="datetime-local" label=${t("Ends")} value=${one.end} hint=${t("Empty: never. By the clock of each store.")} onInput=${(end) => change({ end })} /></div>
    <${Select} label=${t("Turn")} options=${lanes} value=${String(one.lane)} hint=${t("Later turns take the prices that earlier ones left. Within a turn the best for the shopper counts.")}
      onChange=${(lane) => change({ lane: Number(lane) })} />
    <${Switch} label=${t("Only with a coupon")} checked=${one.coupon} onChange=${(coupon) => change({ coupon, lane: coupon && one.lane === 10 ? 30 : one.lane })} />
    <${Field} label=${t("Exclusive groups")} value=${one.groups.join(", ")} hint=${t("Of the promotions of one group, a sale gets one.")}
      onInput=${(text) => change({ groups: text.split(",").map((name) => name.trim()).filter(Boolean) })} /></section>`;
}

function Actions() {
  const one = draft.value;
  const made = one.version > 0;
  const nameless = !one.names.en?.trim();
  const saved = (paused) => () => keep({ paused }, paused ? t("Saved. It is paused and gives nothing.") : t("Saved. It gives from its beginning on."));
  if (!made) {
    return html`<${Button} busy=${busy.value === "save"} disabled=${nameless} onClick=${saved(true)}>${t("Save, paused")}<//>
      <${Button} kind="primary" busy=${busy.value === "save"} disabled=${nameless} onClick=${saved(false)}>${t("Save and switch on")}<//>`;
  }
  return html`<${Button} kind="quiet" icon="copy" onClick=${() => { copy(one); location.hash = "promotions/new"; }}>${t("Copy")}<//>
    <${Button} kind="quiet" icon=${one.paused ? "play" : "pause"} busy=${busy.value === "paused" || busy.value === "running"} disabled=${changed.value}
      onClick=${() => do_turn(one.paused ? "running" : "paused", one.paused ? t("It gives from its beginning on.") : t("Paused. It gives nothing from now on."))}>${one.paused ? t("Switch on") : t("Pause")}<//>
    <${Button} kind="quiet" disabled=${changed.value} onClick=${() => (asked.value = "end")}>${t("End it now")}<//>
    <${Button} kind="quiet" icon="trash-2" disabled=${changed.value} onClick=${() => (asked.value = "withdraw")}>${t("Take it away")}<//>
    <${Button} kind="primary" busy=${busy.value === "save"} disabled=${!changed.value || nameless} onClick=${() => keep({}, t("Saved as the next version."))}>${t("Save")}<//>`;
}

function Asked() {
  const close = () => (asked.value = "");
  const end = asked.value === "end";
  return html`<${Dialog} asks open=${Boolean(asked.value)} title=${end ? t("End this promotion now?") : t("Take this promotion away?")} onClose=${close}
    actions=${html`<${Button} autofocus onClick=${close}>${t("Keep it")}<//>
      <${Button} kind="danger" busy=${Boolean(busy.value)} onClick=${() => (end ? do_turn("ended", t("Ended.")) : do_turn("withdrawn", t("Taken away. Sales that had it keep its name.")))}>${end ? t("End it now") : t("Take it away")}<//>`}>
    <p>${end ? t("Carts that are open lose it at once. It can be begun again by changing its end.") : t("No till gives it any more, and it leaves this list. Sales that had it keep its name and its version.")}</p><//>`;
}

const TABS = () => [{ id: "try", label: t("Try a cart"), icon: "shopping-cart" }, { id: "replay", label: t("Past sales"), icon: "history" }, { id: "versions", label: t("Who changed what"), icon: "list" }];

/** The page of one promotion. */
export function Edit() {
  const one = draft.value;
  if (!one || !words.value) return html`<${Refused} text=${refusal.value && sentence(refusal.value)} /><${Loading} label=${t("Fetching the promotion")} lines=${8} />`;
  const summary = [one.conditions.map(holds).join(", "), times(one), one.coupon ? t("with a coupon") : ""].filter(Boolean).join(" · ");
  return html`<div class="manage-stack"><header class="promotion-head"><div class="grow stack-2">
      <p><a href="#promotions">${t("All promotions")}</a></p><h2>${word(one.names) || t("A new promotion")}</h2>
      <p>${gives(one.benefit)}</p><p class="quiet small">${summary}</p></div>
      <div class="row wrap promotion-actions">${one.version > 0 && html`<${Status} kind=${one.paused ? "idle" : "good"} label=${one.paused ? t("Paused") : t("Switched on")} />`}
      ${changed.value && html`<${Status} kind="attention" label=${t("Not saved yet")} />`}<${Actions} /></div></header>
    <${Refused} text=${refusal.value && sentence(refusal.value)} />
    <div class="promotion-columns"><div class="stack"><${NameFields} />
      <section class="panel stack"><h2>${t("What it gives")}</h2><${BenefitFields} /></section>
      <section class="panel stack"><h2>${t("Conditions")}</h2><${ConditionFields} /></section><${TimeFields} /></div>
      <aside class="panel stack promotion-beside"><${Tabs} label=${t("Preview")} items=${TABS()} value=${beside.value} onChange=${(id) => (beside.value = id)} />
        ${beside.value === "try" ? html`<${Trial} />` : beside.value === "replay" ? html`<${Replay} />` : html`<${History} />`}</aside></div>
    <${Conflict} onMine=${() => toast({ kind: "attention", text: t("Yours is on top of theirs now. Look at it, then save.") })} /><${Asked} /></div>`;
}

