// The terminals of the store: what each has given, what has arrived, what still waits; a row opens to all of it.
import { signal } from "@preact/signals";
import { ago, dateTime, number } from "kit/format.js";
import { t } from "kit/i18n.js";
import { Drawer, Empty, html, Status, Table } from "kit/ui.js";
import { now } from "./feed.js";
import { Links } from "./links.js";
import { SetUp, Withdrawing } from "./set_up.js";
import { deviceStatus, figures, skew, span, stateWord, word, worry } from "./words.js";

const FRESH_MS = 30_000;
const chosen = signal("");
const sort = signal({ key: "names", direction: "ascending" });
const RANK = { trouble: 0, attention: 1, good: 2, idle: 3 };
const VALUES = {
  names: (row) => word(row.names), state: (row) => RANK[row.state], last_seq: (row) => row.last_seq, lag: (row) => row.lag,
  given: (row) => row.report?.given ?? -1, unsent: (row) => row.report?.unsent ?? -1, skew: (row) => Math.abs(row.report?.skew_ms ?? 0),
};

const none = "–";
const waits = (row) => row.report && row.report.unsent > 0;
const oldest = (row) => (waits(row) ? span(Math.max(0, now.value - row.report.oldest_unsent)) : none);
const SHOW = {
  given: (row) => (row.report ? number(row.report.given) : none),
  last_seq: (row) => number(row.last_seq),
  lag: (row) => (row.report ? number(row.lag) : none),
  unsent: (row) => (row.report ? number(row.report.unsent) : none),
  oldest,
  skew: (row) => (row.report ? skew(row.report.skew_ms) : none),
  last_sale: (row) => row.last_sale || none,
  links: (row) => html`<${Links} row=${row} now=${now.value} />`,
};
const ENDS = new Set(["given", "last_seq", "lag", "unsent", "oldest"]);

function columns() {
  const own = [
    { key: "names", label: t("Terminal"), sortable: true, show: (row) => html`<strong>${word(row.names)}</strong>` },
    { key: "state", label: t("State"), sortable: true, show: (row) => html`<${Status} kind=${row.state} label=${stateWord(row)} />` },
  ];
  const rest = Object.entries(figures()).map(([key, [label]]) => ({ key, label, end: ENDS.has(key), sortable: key in VALUES, show: SHOW[key] }));
  return [...own, ...rest];
}

function sorted(rows) {
  const { key, direction } = sort.value;
  const [value, way] = [VALUES[key], direction === "descending" ? -1 : 1];
  const order = (a, b) => (typeof a === "string" ? a.localeCompare(b) : a - b);
  return [...rows].sort((one, other) => way * order(value(one), value(other)) || one.id.localeCompare(other.id));
}

function Explained({ row }) {
  return html`<dl class="explained">${Object.entries(figures()).filter(([key]) => key !== "links").map(([key, [label, means]]) => html`<div key=${key}>
    <dt>${label}</dt><dd class="explained-value amount">${SHOW[key](row)}</dd><dd class="quiet small">${means}</dd></div>`)}</dl>`;
}

function Devices({ report }) {
  if (!report?.devices.length) return html`<p class="quiet small">${t("It has not said which devices it has.")}</p>`;
  return html`<ul class="devices">${report.devices.map((one) => html`<li key=${one.kind + one.name}><${Status} ...${deviceStatus(one)} /></li>`)}</ul>`;
}

function Details({ row }) {
  const seen = row.seen ? (now.value - row.seen < FRESH_MS ? t("just now") : ago(row.seen, now.value)) : t("never");
  // It is longer than a phone, so whoever has only a keyboard needs something to scroll by.
  return html`<div class="stack" tabindex="0" role="group" aria-label=${word(row.names)}>
    <${Status} kind=${row.state} label=${stateWord(row)} />
    ${row.worries.map((name) => html`<p key=${name}>${worry(name)[1]}</p>`)}
    <p class="quiet small">${t("Last word from it: {ago}.", { ago: seen })}
      ${row.report && !row.online ? ` ${t("The figures are those of its last report, {time}.", { time: dateTime(row.report.at) })}` : ""}</p>
    <h3>${t("Link")}</h3><${Links} row=${row} now=${now.value} words />
    <h3>${t("Numbers")}</h3><${Explained} row=${row} />
    <h3>${t("Devices")}</h3><${Devices} report=${row.report} />
    <h3>${t("Program")}</h3>
    <p class="small">${row.report ? t("Version {version}, {free} MB free on its disk.", { version: row.report.version || none, free: number(row.report.free_mb) }) : none}
      ${row.first_seen ? ` ${t("First seen {time}.", { time: dateTime(row.first_seen) })}` : ""}</p>
  </div>`;
}

// One that cannot speak without a code has that first.
const needsCode = (row) => !row.report || row.worries.includes("forked");

/** The table of terminals; on a narrow screen each row is a card. */
export function Terminals({ rows }) {
  const shown = rows.find((row) => row.id === chosen.value);
  return html`<section class="panel stack"><h2>${t("Terminals")}</h2>
    <p class="quiet small">${t("What each terminal has done and what of it has arrived. Open a row to see its devices and what each figure means.")}</p>
    <${Table} cards caption=${t("Terminals of this store")} columns=${columns()} rows=${sorted(rows)} sort=${sort.value}
      onSort=${(value) => (sort.value = value)} onOpen=${(row) => (chosen.value = row.id)}
      empty=${html`<${Empty} icon="monitor" title=${t("No terminal is enrolled")} />`} />
    <${Drawer} open=${Boolean(shown)} title=${word(shown?.names)} onClose=${() => (chosen.value = "")}>
      ${shown && html`${needsCode(shown) && html`<${SetUp} key="code" row=${shown} />`}<${Details} key=${shown.id} row=${shown} />
        ${!needsCode(shown) && html`<${SetUp} key="code" row=${shown} />`}`}<//>
    <${Withdrawing} rows=${rows} /></section>`;
}
