// Past sales through the draft: who would have received what, and what it would have cost.
import { signal } from "@preact/signals";
import { date, dateTime, money, number } from "kit/format.js";
import { locale, sentence, t, tn } from "kit/i18n.js";
import { Amount, Button, Chart, Empty, Figure, html, Progress, Select, Strip, Switch, Table } from "kit/ui.js";
import { untyped } from "../amounts.js";
import { ask } from "../ask.js";
import { word } from "../words.js";
import { draft, same } from "./draft.js";
import { Refused } from "./history.js";

const days = signal("30");
const everywhere = signal(false);
const run = signal(null);
const told = signal(null);
const refusal = signal(null);
const going = signal(false);

/** What was priced: a draft that is another by now has another answer. */
const priced = signal(null);

async function go_on() {
  going.value = true;
  while (going.value && run.value.done < run.value.sales) {
    const { answer, error } = await ask(`replays/${run.value.id}/step`, {});
    refusal.value = error ?? null;
    if (error) break;
    run.value = answer;
  }
  const { answer, error } = await ask(`replays/${run.value.id}`);
  [told.value, refusal.value, going.value] = [answer ?? null, error ?? refusal.value, false];
}

async function begin() {
  [told.value, refusal.value, run.value, priced.value] = [null, null, null, draft.value];
  const { answer, error } = await ask("replays", { promotion: draft.value, days: Number(days.value), everywhere: everywhere.value });
  if (error) return void (refusal.value = error);
  run.value = answer;
  await go_on();
}

const SPANS = () => [["1", t("today")], ["7", t("7 days")], ["30", t("30 days")], ["90", t("90 days")], ["365", t("a year")]].map(([id, label]) => ({ id, label }));
const share = (hundredths) => (locale === "ru" ? `${untyped(hundredths, 2, true)}\u00a0%` : `${untyped(hundredths, 2, true)}%`);
const day_of = (iso) => new Intl.DateTimeFormat(locale, { day: "numeric", month: "short", timeZone: "UTC" }).format(Date.parse(iso));
const less = (currency) => (row) => html`<span class="stack-2">${row.less !== 0 && html`<${Amount} value=${{ amount: row.less, currency }} strong />`}
  ${row.points > 0 && html`<span>${tn("{n} point", "{n} points", row.points, { n: number(row.points) })}</span>`}</span>`;

function Found() {
  const one = told.value;
  const { currency } = one;
  const cash = (amount) => money({ amount, currency });
  if (!one.sales) return html`<${Empty} icon="receipt" title=${t("No sale in this time")}>${t("Choose a longer time, or all stores.")}<//>`;
  if (!one.given) return html`<${Empty} icon="badge-percent" title=${t("Nobody would have received anything")}>${tn("{n} sale was looked at.", "{n} sales were looked at.", one.done, { n: number(one.done) })}<//>`;
  const top = [{ key: "number", label: t("Sale"), show: (row) => html`<span class="stack-2"><strong>${row.number}</strong><span class="quiet small">${row.names ? word(row.names) : t("not known")}, ${dateTime(row.at)}</span></span>` },
    { key: "before", label: t("Before"), end: true, show: (row) => cash(row.before) }, { key: "after", label: t("With it"), end: true, show: (row) => cash(row.after) },
    { key: "less", label: t("Would have received"), end: true, show: less(currency) }];
  const people = [{ key: "names", label: t("Shopper"), show: (row) => (row.names ? word(row.names) : row.id) }, { key: "sales", label: t("Sales"), end: true, show: (row) => number(row.sales) },
    { key: "less", label: t("Would have received"), end: true, show: less(currency) }];
  return html`<div class="stack"><div class="figures replay-figures">
      <${Figure} label=${t("It would have cost")} value=${cash(one.cost)} note=${t("{share} of {takings}", { share: share(one.cost_share), takings: cash(one.takings) })} />
      <${Figure} label=${t("Sales that change")} value=${number(one.given)} note=${t("{share} of {n}", { share: share(one.share), n: number(one.done) })} />
      <${Figure} label=${t("Known shoppers")} value=${number(one.shoppers)} note=${t("would have received it")} />
      ${one.points !== 0 && html`<${Figure} label=${one.points > 0 ? t("Points more") : t("Points fewer")} value=${number(Math.abs(one.points))} />`}</div>
    ${one.cost !== 0 && one.days.length > 1 && html`<h3>${t("Cost by day")}</h3><${Chart} label=${t("Cost by day")} points=${one.days.map((row) => ({ label: day_of(row.day), value: row.cost }))} format=${(value) => (value ? cash(value) : "")} />`}
    <h3>${t("Sales that change most")}</h3><${Table} cards caption=${t("Sales that change most")} columns=${top} rows=${one.top} />
    ${one.people.length > 0 && html`<h3>${t("Shoppers who would have received most")}</h3><${Table} caption=${t("Shoppers who would have received most")} columns=${people} rows=${one.people} />`}
    <p class="quiet small">${t("Sales from {since} on, at the prices on their receipts and by today’s promotions. Beginning and end of this promotion are left out; where it asks for a coupon, everybody is taken to have one.", { since: date(one.since) })}</p></div>`;
}

/** Choose a time, and see past sales with this promotion. */
export function Replay() {
  const one = run.value;
  const text = one && t("{done} of {all} sales", { done: number(one.done), all: number(one.sales) });
  return html`<div class="stack"><p class="quiet small">${t("What this promotion would have done in the sales of the last days. Nothing is changed.")}</p>
    <div class="pair"><${Select} label=${t("How far back")} options=${SPANS()} value=${days.value} onChange=${(value) => (days.value = value)} disabled=${going.value} />
      <${Switch} label=${t("All stores")} checked=${everywhere.value} onChange=${(value) => (everywhere.value = value)} disabled=${going.value} /></div>
    <div class="row wrap">${going.value
      ? html`<${Button} icon="pause" onClick=${() => (going.value = false)}>${t("Stop")}<//>`
      : html`<${Button} kind=${told.value ? "plain" : "primary"} icon="play" onClick=${begin}>${told.value ? t("Look again") : t("Look at past sales")}<//>
        ${one && one.done < one.sales && html`<${Button} kind="primary" onClick=${go_on}>${t("Go on")}<//>`}`}</div>
    <${Refused} text=${refusal.value && sentence(refusal.value)} />
    ${one && one.done < one.sales && html`<div class="stack-2"><${Progress} label=${t("Past sales")} value=${one.done} max=${one.sales} text=${text} waits=${!going.value} /><p class="small amount" aria-live="polite">${text}</p></div>`}
    ${told.value && !same(priced.value, draft.value) && html`<${Strip} kind="attention">${t("The promotion was changed since; these figures are of the one before.")}<//>`}
    ${told.value && html`<${Found} />`}</div>`;
}
