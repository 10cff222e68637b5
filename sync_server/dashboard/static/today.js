import { money, number, time } from "kit/format.js";
import { t, tn } from "kit/i18n.js";
import { Amount, Chart, Empty, Figure, html, Table } from "kit/ui.js";
import { Exceptions } from "./exceptions.js";
import { word } from "./words.js";

const USUAL_HOURS = [7, 22];

function Figures({ today, terminals }) {
  const here = terminals.filter((one) => one.online).length;
  const sum = (amount) => money({ amount, currency: today.currency });
  const back = today.returns ?? 0;
  return html`<section class="figures" aria-label=${t("The day in figures")}>
    <${Figure} label=${t("Net sales")} icon="banknote" value=${sum(today.net ?? today.total)}
      note=${back ? t("{sold} sold, {back} given back", { sold: sum(today.total), back: sum(today.returned) }) : ""} />
    <${Figure} label=${t("Sales")} icon="receipt" value=${number(today.sales)}
      note=${today.sales ? t("{amount} on average", { amount: sum(today.average) }) : t("None yet today")} />
    <${Figure} label=${t("Returns")} icon="undo-2" value=${number(back)}
      note=${back ? t("{amount} given back", { amount: sum(today.returned) }) : t("None yet today")} />
    <${Figure} label=${t("Bonus points given")} icon="star" value=${number(today.points)} />
    <${Figure} label=${t("Terminals online")} icon="monitor" value=${t("{here} of {all}", { here, all: terminals.length })}
      note=${html`<a href="#sync">${here === terminals.length ? t("All are here") : tn("{n} is away", "{n} are away", terminals.length - here, { n: terminals.length - here })}</a>`} />
  </section>`;
}

function Sales({ rows, terminals }) {
  const columns = [
    { key: "at", label: t("Time"), show: (row) => time(row.at) },
    { key: "number", label: t("Number") },
    { key: "terminal", label: t("Where"), show: (row) => word(terminals[row.terminal]?.names) },
    { key: "known_shopper", label: t("Card"), show: (row) => (row.known_shopper ? t("yes") : "–") },
    { key: "total", label: t("Amount"), end: true, show: (row) => html`<${Amount} value=${{ amount: row.total, currency: row.currency }} strong />` },
  ];
  return html`<section class="panel stack"><h2>${t("Latest sales")}</h2>
    <${Table} cards caption=${t("Latest sales")} columns=${columns} rows=${rows}
      empty=${html`<${Empty} icon="receipt" title=${t("No sale yet")}>${t("The first one appears here by itself.")}<//>`} /></section>`;
}

function Hours({ today }) {
  // The usual hours, and those beyond them in which something was sold: no sale may be missing from the picture.
  const sold = today.hours.flatMap((value, hour) => (value ? [hour] : []));
  const open = today.hours.map((value, hour) => ({ label: String(hour), value }))
    .slice(Math.min(USUAL_HOURS[0], ...sold), Math.max(USUAL_HOURS[1], ...sold) + 1);
  const show = (value) => (value ? money({ amount: value, currency: today.currency }, { plain: true }) : "");
  return html`<section class="panel stack"><h2>${t("Takings by hour")}</h2>
    ${today.sales
      ? html`<${Chart} kind="bar" points=${open} label=${t("Takings by hour")} format=${show} />`
      : html`<${Empty} icon="chart-column" title=${t("The day has not begun")}>${t("The first sale draws the first bar.")}<//>`}</section>`;
}

/** The day of one store, live. */
export function Today({ day }) {
  const terminals = Object.values(day.terminals);
  const sales = Object.values(day.sales).sort((a, b) => b.at - a.at).slice(0, 20);
  const cases = html`<${Exceptions} rows=${day.exceptions} waiting=${day.waiting} currency=${day.today.currency} />`;
  return html`<div class="manage-stack">
    ${day.waiting > 0 && cases}
    <${Figures} today=${day.today} terminals=${terminals} />
    <div class="manage-columns">
      <div class="stack"><${Hours} today=${day.today} />${day.waiting === 0 && cases}</div>
      <${Sales} rows=${sales} terminals=${day.terminals} />
    </div></div>`;
}
