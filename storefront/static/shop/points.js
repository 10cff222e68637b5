// Points: what they are, until when they count, the level, and every number down to its entries in the ledger.
import { effect, signal } from "@preact/signals";
import { locale, t, tn } from "kit/i18n.js";
import { date, dateTime, money, number } from "kit/format.js";
import { Badge, Button, Empty, html, Icon, Loading, Progress } from "kit/ui.js";
import { open } from "./gate.js";
import { account, now, shopper, status } from "./live.js";
import { entryWords, signed } from "./points_words.js";

const ENTRIES_AT_ONCE = 30;
const found = signal(null);
const failed = signal(false);
/** The lot whose entries are open, and these entries; "" is the whole account. */
const opened = signal(null);
const entries = signal([]);
const older = signal(0);

async function ask(query) {
  const answer = await fetch(`/v1/points${query}`, { cache: "no-store", credentials: "same-origin" });
  if (!answer.ok) throw new Error(String(answer.status));
  return answer.json();
}

async function load() {
  try {
    found.value = await ask("");
    failed.value = false;
    if (opened.peek() !== null) await show(opened.peek());
  } catch {
    failed.value = true;
  }
}

async function show(lot, before = 0) {
  opened.value = lot;
  if (!before) [entries.value, older.value] = [[], 0];
  try {
    const page = await ask(`?${new URLSearchParams({ lot, before: String(before) })}`);
    if (opened.peek() !== lot) return;
    entries.value = before ? [...entries.peek(), ...page.entries] : page.entries;
    // A page holds at least so many where there may be more: all that happened in one moment stands on one page.
    older.value = page.entries.length >= ENTRIES_AT_ONCE ? page.entries.at(-1).more : 0;
  } catch {
    failed.value = true;
  }
}

const toggle = (lot) => (opened.value === lot ? (opened.value = null) : show(lot));
const named = (names) => names?.[locale] ?? names?.en ?? "";
// The first moment that does not count is told as the last day that does.
const lastDay = (ms, zone) => date(ms - 1, zone);

function measured(metric, value, currency) {
  if (metric === "spend") return money({ amount: value, currency });
  if (metric === "visits") return tn("{n} purchase", "{n} purchases", value, { n: number(value) });
  return tn("{n} point", "{n} points", value, { n: number(value) });
}

function Level({ tier, outlook, zone, currency }) {
  if (!outlook) return null;
  const say = (value) => measured(outlook.metric, value, currency);
  return html`<section class="panel stack-2 level"><h2 class="row"><${Icon} name="star" />${tier ? named(tier.names) : t("No level yet")}</h2>
    ${outlook.next && html`<${Progress} value=${outlook.value} max=${outlook.next_floor} label=${t("On the way to {tier}", { tier: named(outlook.next) })} text=${say(outlook.value)} />
      <p>${t("{amount} more for {tier}", { amount: say(outlook.to_reach), tier: named(outlook.next) })}</p>`}
    ${tier && !outlook.next && html`<p>${t("This is the highest level.")}</p>`}
    ${tier && html`<p class="quiet small">${outlook.to_keep > 0
      ? t("To keep it beyond {day}: {amount} more.", { day: lastDay(outlook.keep_until, zone), amount: say(outlook.to_keep) })
      : t("Yours until {day} at least.", { day: lastDay(outlook.keep_until, zone) })}</p>`}
    <p class="quiet small">${t("Counted so far: {amount}", { amount: say(outlook.value) })}</p></section>`;
}

function Entries({ zone }) {
  if (!entries.value.length) return failed.value ? null : html`<${Loading} lines=${2} />`;
  return html`<ul class="entries">${entries.value.map((one) => html`<li key=${one.key}>
      <span class="grow">${entryWords(one)}<span class="quiet small">${dateTime(one.at, zone)}${one.number && html` · <a href=${`/orders/${one.source}`}>${one.number}</a>`}</span></span>
      <b class="amount">${signed(one)}</b></li>`)}</ul>
    ${older.value > 1 && html`<${Button} kind="quiet" onClick=${() => show(opened.value, older.value)}>${t("Older ones")}<//>`}`;
}

function Opening({ lot, label, children, zone }) {
  const is_open = opened.value === lot;
  return html`<button type="button" class="lot" aria-expanded=${is_open} onClick=${() => toggle(lot)}>${children}
      <${Icon} name=${is_open ? "chevron-down" : "chevron-right"} label=${label} /></button>${is_open && html`<${Entries} zone=${zone} />`}`;
}

function Lot({ lot, zone }) {
  const waits = lot.pending > 0;
  return html`<li><${Opening} lot=${lot.lot} zone=${zone} label=${t("Where they come from")}>
    <span class="grow"><b class="amount">${number(lot.active + lot.pending + lot.held)}</b>${" "}
      ${waits && html`<${Badge} icon="clock">${t("count from {day}", { day: date(lot.active_from, zone) })}<//>`}
      ${lot.held > 0 && html`<${Badge} icon="lock">${t("{n} set aside", { n: number(lot.held) })}<//>`}
      <span class="quiet small">${lot.expires_at === null ? t("count for ever") : t("count until {day}", { day: lastDay(lot.expires_at, zone) })}</span></span><//></li>`;
}

function Balance({ points, zone }) {
  const rows = [[points.pending, t("not counting yet")], [points.held, t("set aside for a payment")], [points.debt, t("owed")]].filter(([n]) => n > 0);
  return html`<section class="panel stack-2"><p class="points"><span class="points-figure amount">${number(points.active)}</span>
      <span>${tn("point", "points", points.active)}</span></p>
    ${points.expires_at > 0 && html`<p class="quiet small">${tn("{n} of them counts until {day}.", "{n} of them count until {day}.", points.expiring,
      { n: number(points.expiring), day: lastDay(points.expires_at, zone) })}</p>`}
    ${rows.map(([n, word]) => html`<p class="quiet small" key=${word}><b class="amount">${number(n)}</b> ${word}</p>`)}</section>`;
}

function Points() {
  const all = found.value;
  const live = account.value?.points;
  const points = live ?? all?.points;
  if (!points) return failed.value || status.value === "offline" ? html`<${Away} />` : html`<h1>${t("Points")}</h1><${Loading} lines=${5} />`;
  return html`<h1>${t("Points")}</h1><${Balance} points=${points} zone=${all?.zone} />
    ${all && html`<${Level} tier=${points.tier} outlook=${all.outlook} zone=${all.zone} currency=${all.currency} />
      ${all.lots.length > 0 && html`<section><h2>${t("Until when they count")}</h2>
        <ul class="orders panel">${all.lots.map((lot) => html`<${Lot} key=${lot.lot} lot=${lot} zone=${all.zone} />`)}</ul></section>`}
      <section class="panel lots"><${Opening} lot="" zone=${all.zone} label=${t("Show")}><h2 class="grow">${t("Everything that happened")}</h2><//></section>`}
    ${failed.value && html`<p class="quiet small row"><${Icon} name="wifi-off" />${t("Details need a connection.")}
      <${Button} size="small" onClick=${load}>${t("Try again")}<//></p>`}`;
}

const Away = () => html`<${Empty} icon="wifi-off" title=${t("Details need a connection.")}
  action=${html`<${Button} onClick=${load}>${t("Try again")}<//>`} />`;

open(Points, { icon: "star", title: t("Sign in to see your points"), text: t("What you have, until when it counts, and where it comes from.") });
if (shopper) {
  let asked = "";
  effect(() => {
    // Whatever changes them on the stream, the details are asked for again.
    const key = JSON.stringify(account.value?.points ?? null);
    if (key === asked && found.peek()) return;
    asked = key;
    queueMicrotask(load);
  });
}
