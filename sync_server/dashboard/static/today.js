import { boot } from "kit/boot.js";
import { ago, money, number, time } from "kit/format.js";
import { locale, t, tn } from "kit/i18n.js";
import { setLanguage, setTheme, theme } from "kit/theme.js";
import { Amount, Button, Chart, Empty, Figure, html, Loading, Status, Strip, Table } from "kit/ui.js";
import { Exceptions } from "./exceptions.js";
import { link, now, state } from "./feed.js";

const FRESH_MS = 30_000;
const USUAL_HOURS = [7, 22];

const word = (names) => names?.[locale] ?? names?.en ?? "";

async function leave() {
  await fetch("/manage/sign-out", { method: "POST" }).catch(() => {});
  location.reload();
}

function Top({ store }) {
  const dark = theme.value === "dark";
  return html`<header class="manage-top row between">
    <div><h1>${t("Today")}</h1><p class="quiet small">${word(store?.names)} · ${word(boot.staff.names)}</p></div>
    <div class="row wrap">
      <${Status} kind=${link.status.value === "online" ? "good" : "attention"}
        label=${link.status.value === "online" ? t("Live") : t("Connecting")} />
      <${Button} kind="quiet" onClick=${() => setLanguage(locale === "ru" ? "en" : "ru")}>${locale === "ru" ? "English" : "Русский"}<//>
      <${Button} kind="quiet" icon=${dark ? "sun" : "moon"} label=${dark ? t("Light") : t("Dark")}
        onClick=${() => setTheme(dark ? "light" : "dark")} />
      <${Button} kind="plain" icon="log-out" onClick=${leave}>${t("Sign out")}<//>
    </div>
  </header>`;
}

function Figures({ today, terminals }) {
  const here = terminals.filter((one) => one.online).length;
  const average = { amount: today.average, currency: today.currency };
  return html`<section class="figures" aria-label=${t("The day in figures")}>
    <${Figure} label=${t("Takings")} icon="banknote" value=${money({ amount: today.total, currency: today.currency })} />
    <${Figure} label=${t("Sales")} icon="receipt" value=${number(today.sales)}
      note=${today.sales ? t("{amount} on average", { amount: money(average) }) : t("None yet today")} />
    <${Figure} label=${t("Bonus points given")} icon="star" value=${number(today.points)} />
    <${Figure} label=${t("Terminals online")} icon="monitor" value=${t("{here} of {all}", { here, all: terminals.length })}
      note=${here === terminals.length ? t("All are here") : tn("{n} is away", "{n} are away", terminals.length - here, { n: terminals.length - here })} />
  </section>`;
}

function Seen({ row }) {
  if (row.online) return html`<${Status} kind="good" label=${t("Online")} />`;
  if (!row.seen) return html`<${Status} kind="idle" label=${t("Never seen")} />`;
  return html`<${Status} kind="attention" label=${t("Away")} note=${t("sells on by itself")} />`;
}

function Terminals({ rows }) {
  const columns = [
    { key: "names", label: t("Terminal"), show: (row) => html`<strong>${word(row.names)}</strong>` },
    { key: "online", label: t("State"), show: (row) => html`<${Seen} row=${row} />` },
    { key: "seen", label: t("Last sync"), show: (row) => (row.seen ? (now.value - row.seen < FRESH_MS ? t("just now") : ago(row.seen, now.value)) : "–") },
    { key: "last_sale", label: t("Last sale"), show: (row) => row.last_sale || "–" },
    { key: "last_seq", label: t("Messages"), end: true, show: (row) => number(row.last_seq) },
  ];
  return html`<section class="panel stack"><h2>${t("Terminals")}</h2>
    <${Table} caption=${t("Terminals of this store")} columns=${columns} rows=${rows}
      empty=${html`<${Empty} icon="monitor" title=${t("No terminal is enrolled")} />`} /></section>`;
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
    <${Table} caption=${t("Latest sales")} columns=${columns} rows=${rows}
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
export function Today() {
  const day = state.value;
  if (!day) return html`<main class="manage"><${Top} /><${Loading} label=${t("Fetching the day")} lines=${6} /></main>`;
  const terminals = Object.values(day.terminals).sort((a, b) => a.id.localeCompare(b.id));
  const sales = Object.values(day.sales).sort((a, b) => b.at - a.at).slice(0, 20);
  return html`<main class="manage"><${Top} store=${day.store} />
    ${link.status.value !== "online" && html`<${Strip} kind="attention" icon="wifi-off">
      ${t("No connection to the hub. What you see is as of {time}.", { time: time(now.value) })}<//>`}
    <${Figures} today=${day.today} terminals=${terminals} />
    <div class="manage-columns">
      <div class="stack"><${Hours} today=${day.today} /><${Terminals} rows=${terminals} /></div>
      <div class="stack"><${Exceptions} rows=${day.exceptions ?? {}} currency=${day.today.currency} />
        <${Sales} rows=${sales} terminals=${day.terminals} /></div>
    </div></main>`;
}
