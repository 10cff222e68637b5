import { useState } from "preact/hooks";
import { html } from "htm/preact";
import { boot } from "kit/boot.js";
import { ago, money, quantity } from "kit/format.js";
import { t } from "kit/i18n.js";
import { Badge, Button, Empty, Line, Lines, Loading, Paper, Progress, Status, Stepper, Stopwatch, Strip, Table } from "kit/ui.js";
import { Specimen, euro } from "./specimen.js";

const GOODS = ["Oat milk 1 l", "Rye bread", "Apples"];

export function TheLines() {
  const [more, setMore] = useState([]);
  const [since, setSince] = useState(0);
  const add = () => {
    setMore([...more, more.length]);
    setSince(Date.now());
  };
  const badge = html`<${Badge} kind="good" icon="tag">${t("spring −20%")}<//>`;
  return html`<${Specimen} title=${t("Lines")}><div class="columns"><div class="panel flush"><${Lines} label=${t("Cart")}>
      <${Line} key="a" count=${quantity(2000)} title=${t("Oat milk 1 l")} unit_price=${euro(189)} total=${euro(378)} />
      <${Line} key="b" count=${quantity(345, "kg")} title=${t("Apples")} note=${t("{price} for 1 kg", { price: money(euro(240)) })} total=${euro(83)} />
      <${Line} key="c" count=${quantity(1000)} title=${t("Tea towel")} badge=${badge} before=${euro(600)} total=${euro(480)} selected onSelect=${() => {}} />
      <${Line} key="d" count=${quantity(1000)} title=${t("Boots 42")} note=${t("from the app, to deliver")} total=${euro(8900)} pending />
      ${more.map((n) => html`<${Line} key=${n} count=${quantity(1000)} title=${GOODS[n % 3] === "Apples" ? t("Apples") : GOODS[n % 3] === "Rye bread" ? t("Rye bread") : t("Oat milk 1 l")} total=${euro(189 + n)} />`)}<//></div>
      <div class="stack"><div class="panel flush"><${Lines} label=${t("Cart")}><${Line} key="e" title=${t("Rye bread")} note=${money(euro(320))} total=${euro(640)}>
      <${Stepper} value=${2000} onChange=${() => {}} /><//><//></div>
      <div class="row"><${Button} icon="scan-barcode" onClick=${add}>${t("A line arrives")}<//><${Stopwatch} since=${since} /></div></div></div><//>`;
}

export function States() {
  return html`<${Specimen} title=${t("States")}><div class="panel shelf">
      <${Status} kind="good" label=${t("Connected")} /><${Status} kind="attention" label=${t("Paper is low")} /><${Status} kind="trouble" label=${t("No paper")} />
      <${Status} kind="busy" label=${t("Connecting")} /><${Status} kind="idle" label=${t("Not used")} note=${ago(Date.now() - 300000)} />
      <${Badge}>${t("Draft")}<//><${Badge} kind="accent">${t("New")}<//><${Badge} kind="good" icon="check">${t("Paid")}<//><${Badge} kind="attention" icon="clock">${t("Waiting")}<//><${Badge} kind="trouble" icon="x">${t("Refused")}<//></div>
    <div class="panel flush"><${Strip} icon="wifi-off" action=${html`<${Button} size="small" kind="quiet">${t("Details")}<//>`}>${t("No connection since 14:32. Selling goes on; 3 sales wait to be sent.")}<//>
      <${Strip} kind="trouble">${t("The printer has no paper. The receipt is kept; put in a roll.")}<//><${Strip} kind="good">${t("Everything is sent.")}<//><${Strip} kind="idle" icon="info">${t("The cashier is taking payment.")}<//></div>
    <div class="columns"><div class="panel"><${Empty} icon="shopping-cart" title=${t("The cart is empty")} action=${html`<${Button} kind="primary">${t("Look around")}<//>`}>${t("Scan something, or choose it here.")}<//></div>
      <div class="panel"><${Empty} kind="trouble" icon="cloud-off" title=${t("The orders did not load")} action=${html`<${Button} icon="refresh-cw">${t("Try again")}<//>`}>${t("There is no connection. Your cart is kept on this device.")}<//></div>
      <div class="panel"><${Loading} lines=${5} /></div>
      <div class="panel stack"><${Progress} value=${41} max=${100} label=${t("Goods and prices")} text="41%" /><${Progress} value=${41} max=${100} waits label=${t("Goods and prices, waiting")} text="41%" /></div></div><//>`;
}

export function Tables() {
  const [sort, setSort] = useState({ key: "name", direction: "ascending" });
  const rows = [{ id: "1", name: t("Till 1"), state: "good", word: t("Connected"), seen: 2000, sales: 48210 }, { id: "2", name: t("Till 2"), state: "attention", word: t("3 unsent"), seen: 840000, sales: 31275 }, { id: "3", name: t("Kiosk"), state: "trouble", word: t("No paper"), seen: 61000, sales: 9900 }];
  rows.sort((a, b) => (a[sort.key] > b[sort.key] ? 1 : -1) * (sort.direction === "ascending" ? 1 : -1));
  const columns = [{ key: "name", label: t("Terminal"), sortable: true }, { key: "word", label: t("State"), show: (row) => html`<${Status} kind=${row.state} label=${row.word} />` },
    { key: "seen", label: t("Last seen"), sortable: true, show: (row) => ago(Date.now() - row.seen) }, { key: "sales", label: t("Sales today"), end: true, sortable: true, show: (row) => money(euro(row.sales)) }];
  return html`<${Specimen} title=${t("Table")}><${Table} caption=${t("Terminals")} columns=${columns} rows=${rows} sort=${sort} onSort=${setSort} onOpen=${() => {}} />
    <${Table} caption=${t("Orders")} columns=${columns.slice(0, 2)} rows=${[]} empty=${html`<${Empty} title=${t("No orders yet")} />`} /><//>`;
}

export function Papers() {
  return html`<${Specimen} title=${t("Paper")}><div class="shelf"><${Paper} doc=${boot.paper} /><${Paper} doc=${{ ...boot.paper, blocks: boot.paper.blocks.slice(0, 8) }} copy=${t("COPY")} /></div><//>`;
}
