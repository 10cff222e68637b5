// The page "loyalty": the programme's rules and tiers, what another one would mean, and who changed it.
import { signal } from "@preact/signals";
import { useEffect } from "preact/hooks";
import { date, dateTime, money, number } from "kit/format.js";
import { sentence, t } from "kit/i18n.js";
import { Button, Empty, Field, html, Loading, Status, Table, toast } from "kit/ui.js";
import { Money } from "../amounts.js";
import { ask } from "../ask.js";
import { load_words, same, words } from "../promotions/draft.js";
import { Refused } from "../promotions/history.js";
import { word } from "../words.js";
import { Earning, Limits, Spending, Terms } from "./rules.js";
import { TierFields } from "./tiers.js";
import { said, title } from "./words.js";

const PATIENCE_MS = 300;
const kept = signal(null);
const draft = signal(null);
const begin = signal("");
const amount = signal(2500);
const told = signal(null);
const refusal = signal(null);
const conflict = signal(false);
const busy = signal(false);
let timer = 0;

async function load(keep_draft = false) {
  await load_words();
  const { answer, error } = await ask("loyalty");
  refusal.value = error ?? null;
  if (!answer) return;
  kept.value = answer;
  if (!keep_draft) draft.value = answer.programme;
  look();
}

function look() {
  clearTimeout(timer);
  timer = setTimeout(async () => {
    const { answer, error } = await ask("loyalty/try", { programme: draft.value, seen: kept.value.seen, amount: amount.value });
    [told.value, refusal.value] = [answer ?? told.value, error ?? null];
  }, PATIENCE_MS);
}

const change = (part) => {
  draft.value = { ...draft.value, ...part };
  look();
};

async function save() {
  busy.value = true;
  const { answer, error } = await ask("loyalty", { programme: draft.value, seen: kept.value.seen, begin: begin.value });
  busy.value = false;
  if (error?.code === "loyalty.version") {
    // What somebody else made is fetched and shown below; the fields stay as they are until a person decides.
    await load(true);
    conflict.value = true;
  }
  refusal.value = error ?? null;
  if (!answer) return;
  [begin.value, conflict.value] = ["", false];
  toast({ kind: "good", text: t("Saved as version {n}.", { n: answer.version }) });
  await load();
}

function Purchase() {
  const { currency } = kept.value;
  const one = told.value?.purchase;
  const cash = (value) => money({ amount: value, currency });
  return html`<h3>${t("One purchase")}</h3><${Money} label=${t("Somebody pays")} currency=${currency} value=${amount.value} onChange=${(value) => { amount.value = value; look(); }} />
    ${one && html`<dl class="sums" aria-live="polite"><div><dt>${t("Points")}</dt><dd class="amount strong">${number(one.points)}</dd></div>
      <div><dt>${t("They are worth")}</dt><dd class="amount strong">${cash(one.worth)}</dd></div>
      <div><dt>${t("To spend from")}</dt><dd>${dateTime(one.active_from)}</dd></div>
      <div><dt>${t("Last day")}</dt><dd>${one.expires_at ? date(one.expires_at - 1) : t("none")}</dd></div></dl>`}`;
}

function Effect() {
  const one = told.value;
  const columns = [{ key: "names", label: t("Tier"), show: (row) => (row.id ? word(row.names) : t("without a tier")) },
    { key: "now", label: t("Have it"), end: true, show: (row) => number(row.now) }, { key: "then", label: t("Would have it"), end: true, show: (row) => number(row.then) }];
  return html`<section class="panel stack promotion-beside"><h2>${t("What it would mean")}</h2><${Purchase} />
    ${one && html`<h3>${t("The last 30 days")}</h3>${one.past.sales === 0 ? html`<p class="quiet small">${t("No known shopper bought anything in this store.")}</p>` : html`<dl class="sums">
      <div><dt>${t("Sales to known shoppers")}</dt><dd class="amount">${number(one.past.sales)}</dd></div>
      <div><dt>${t("Points by the programme of now")}</dt><dd class="amount">${number(one.past.before)}</dd></div>
      <div><dt>${t("Points by this one")}</dt><dd class="amount strong">${number(one.past.after)}</dd></div></dl>`}`}
    ${one?.tiers.length > 0 && html`<h3>${t("Customers by tier")}</h3><${Table} caption=${t("Customers by tier")} columns=${columns} rows=${one.tiers} row_key=${(row) => row.id} />
      <p class="quiet small">${t("Up at once, by what they bought; down a step at a time, after the days of grace.")}</p>`}</section>`;
}

function Versions() {
  const { versions, currency, holds } = kept.value;
  return html`<section class="panel stack"><h2>${t("Who changed what")}</h2>
    ${versions.length === 0 && html`<p class="quiet small">${t("Nobody has changed the programme yet: it is the one that the shop began with.")}</p>`}
    <ol class="versions">${versions.map((row) => html`<li key=${row.version} class="stack-2"><p class="row wrap between"><span class="row wrap"><strong>${t("Version {n}", { n: row.version })}</strong>
      ${row.version === holds && html`<${Status} kind="good" label=${t("Holds now")} />`}${row.version > holds && html`<${Status} kind="attention" label=${t("Begins later")} />`}</span>
      <span class="quiet small">${word(row.by)}, ${dateTime(row.at)}</span></p>
      <p class="small">${t("holds from {time}", { time: dateTime(row.from_at) })}</p>
      ${row.changes.map((one) => html`<p key=${one.what} class="small"><span class="quiet">${title(one.what)}:</span> ${said(one.what, one.from, currency)} → <strong>${said(one.what, one.to, currency)}</strong></p>`)}</li>`)}</ol></section>`;
}

/** The programme of the whole company. */
export function LoyaltyPage() {
  useEffect(() => void load(), []);
  if (!draft.value || !words.value) return refusal.value ? html`<${Empty} kind="trouble" icon="cloud-off" title=${sentence(refusal.value)} />` : html`<${Loading} label=${t("Fetching the programme")} lines=${8} />`;
  const changed = !same(draft.value, kept.value.programme);
  const shared = { value: draft.value, change, currency: kept.value.currency };
  return html`<div class="manage-stack"><header class="promotion-head"><div class="grow"><h2>${t("Loyalty programme")}</h2>
      <p class="quiet small">${t("One for all stores. A change holds for what is bought from then on; points that are out keep their terms.")}</p></div>
      <div class="row wrap promotion-actions">${changed && html`<${Status} kind="attention" label=${t("Not saved yet")} /><${Button} kind="quiet" onClick=${() => { conflict.value = false; draft.value = kept.value.programme; look(); }}>${t("Drop my changes")}<//>`}
      <${Field} type="datetime-local" label=${t("Holds from")} value=${begin.value} hint=${t("Empty: at once.")} onInput=${(text) => (begin.value = text)} />
      <${Button} kind="primary" busy=${busy.value} disabled=${!changed} onClick=${save}>${t("Save")}<//></div></header>
    <${Refused} text=${refusal.value && sentence(refusal.value)} />
    ${conflict.value && html`<div role="alert"><${Status} kind="attention" label=${t("Their version stands at the top of “Who changed what”. Your changes are still in the fields and not saved: saving makes yours the next version.")} /></div>`}
    <div class="promotion-columns"><div class="stack"><${Earning} ...${shared} /><${Terms} ...${shared} /><${Spending} ...${shared} /><${TierFields} ...${shared} /><${Limits} ...${shared} /></div>
      <div class="stack"><${Effect} /><${Versions} /></div></div></div>`;
}
