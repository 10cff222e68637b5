// What the shop owes: money on gift cards and in store credit as of a day, and points that are out.
import { signal } from "@preact/signals";
import { useEffect } from "preact/hooks";
import { date, dateTime, money, number } from "kit/format.js";
import { locale, sentence, t } from "kit/i18n.js";
import { Button, Empty, Field, Figure, html, Loading, Table } from "kit/ui.js";
import { ask } from "./ask.js";

const report = signal(null);
const refusal = signal(null);
const day = signal("");

async function load() {
  const { answer, error } = await ask(`liability?day=${day.value}`);
  [report.value, refusal.value] = [answer ?? report.value, error ?? null];
}

const KINDS = { gift_card: () => t("Gift cards"), store_credit: () => t("Store credit") };
const kind = (row) => KINDS[row.kind]?.() ?? row.kind;
const ENTRIES = {
  load: () => t("Paid onto cards"), capture: () => t("Paid with"), refund: () => t("Refunded onto"), expire: () => t("Expired"), adjust: () => t("Corrected by staff"),
};

/** An entry of a card or a credit, in a word or two. */
export const entry_word = (name) => ({ ...ENTRIES, hold: () => t("Held for a payment"), void: () => t("Held no more") }[name]?.() ?? name);

const month = (text) => (text ? new Intl.DateTimeFormat(locale, { month: "long", year: "numeric", timeZone: "UTC" }).format(Date.parse(`${text}-01`)) : t("never"));

function Stored({ one }) {
  const owed = [{ key: "kind", label: t("Owed on"), show: kind }, { key: "accounts", label: t("Accounts"), end: true, show: (row) => number(row.accounts) },
    { key: "amount", label: t("Amount"), end: true, show: (row) => html`<strong class="amount">${money(row)}</strong>` }];
  const moved = [{ key: "entry", label: t("What happened"), show: (row) => entry_word(row.entry) }, { key: "kind", label: t("On"), show: kind },
    { key: "count", label: t("How often"), end: true, show: (row) => number(row.count) }, { key: "amount", label: t("By how much"), end: true, show: (row) => money(row) }];
  return html`<section class="panel stack"><h2>${t("Gift cards and store credit")}</h2>
    <p class="quiet small">${t("The sum of all entries until the end of {day}. What is held for a payment is still owed.", { day: date(one.until - 1) })}</p>
    <${Table} caption=${t("Owed on cards and credits")} columns=${owed} rows=${one.owed} row_key=${(row) => row.kind + row.currency}
      empty=${html`<${Empty} icon="gift" title=${t("Nothing is owed")}>${t("The first gift card that is paid stands here.")}<//>`} />
    ${one.moved.length > 0 && html`<h3>${t("Since {day}", { day: date(one.since) })}</h3>
      <${Table} caption=${t("What changed it")} cards columns=${moved} rows=${one.moved} row_key=${(row) => row.kind + row.currency + row.entry} />`}</section>`;
}

function Points({ one }) {
  const { points, money: worth, debt, months } = one.points;
  const columns = [{ key: "month", label: t("Count until the end of"), show: (row) => month(row.month) },
    { key: "pending", label: t("To come"), end: true, show: (row) => number(row.pending) }, { key: "active", label: t("To spend"), end: true, show: (row) => number(row.active) },
    { key: "held", label: t("Held"), end: true, show: (row) => number(row.held) },
    { key: "money", label: t("Worth"), end: true, show: (row) => html`<strong class="amount">${money({ amount: row.money, currency: one.currency })}</strong>` }];
  return html`<section class="panel stack"><h2>${t("Points")}</h2><p class="quiet small">${t("As of {time}, by what a point is worth now.", { time: dateTime(one.now) })}</p>
    <div class="figures"><${Figure} icon="star" label=${t("Points that are out")} value=${number(points)} />
      <${Figure} icon="banknote" label=${t("They are worth")} value=${money({ amount: worth, currency: one.currency })} />
      ${debt > 0 && html`<${Figure} icon="undo-2" label=${t("Points owed to the shop")} value=${number(debt)} note=${t("Returned goods gave them, and they were spent.")} />`}</div>
    <${Table} caption=${t("Points by the month in which they end")} cards columns=${columns} rows=${months} row_key=${(row) => row.month}
      empty=${html`<${Empty} icon="star" title=${t("No points are out")} />`} /></section>`;
}

/** The report; the day is one of the store. */
export function Liability() {
  useEffect(() => void load(), []);
  const one = report.value;
  if (!one) return refusal.value ? html`<${Empty} kind="trouble" icon="cloud-off" title=${sentence(refusal.value)} />` : html`<${Loading} label=${t("Fetching the report")} lines=${6} />`;
  const choose = (text) => {
    day.value = text;
    load();
  };
  return html`<div class="manage-stack"><div class="row between wrap report-head"><${Field} type="date" label=${t("As of the end of")} value=${day.value || one.day} onInput=${choose} />
      <${Button} icon="download" href=${`/manage/liability.csv?day=${day.value}`}>${t("Save as CSV")}<//></div>
    ${refusal.value && html`<p role="alert">${sentence(refusal.value)}</p>`}
    <${Stored} one=${one} /><${Points} one=${one} /></div>`;
}
