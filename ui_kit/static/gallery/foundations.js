import { html } from "htm/preact";
import { number } from "kit/format.js";
import { t } from "kit/i18n.js";
import { Amount, Badge, Chart, Figure, Icon } from "kit/ui.js";
import { Specimen, euro } from "./specimen.js";

const COLOURS = ["ground", "surface", "sunken", "pressed", "line", "edge", "ink", "ink-quiet", "ink-pending", "accent", "accent-soft", "good", "good-soft", "attention", "attention-soft", "trouble", "trouble-soft"];
const SIZES = [12, 14, 16, 20, 24, 32, 48];
const ICONS = ["shopping-cart", "scan-barcode", "printer", "credit-card", "banknote", "receipt", "store", "user-round", "star", "gift", "truck", "wifi-off", "cloud-check", "vault", "scale", "clock"];
const DAY = [0, 2, 4, 9, 14, 22, 31, 27, 18, 21, 26, 33, 24, 8];

export function Foundations() {
  return html`<${Specimen} title=${t("Colours")}><div class="swatches">${COLOURS.map((name) => html`<div class="swatch" key=${name}>
      <span style=${{ background: `var(--${name})` }}></span>${name}</div>`)}</div><//>
    <${Specimen} title=${t("Type")}><div class="panel scale">${SIZES.map((size) => html`<p key=${size} class="row between wrap">
      <span style=${{ fontSize: `var(--text-${size})` }}>${t("One cart for the till, the kiosk and the phone")}</span><span class="quiet small">${size}</span></p>`)}</div><//>
    <${Specimen} title=${t("Amounts")}><div class="panel shelf">
      <${Amount} value=${euro(941)} size=${48} strong /><${Amount} value=${euro(123456)} size=${32} strong /><${Amount} value=${euro(-250)} size=${24} />
      <${Amount} value=${euro(480)} before=${euro(600)} size=${20} strong /><${Amount} value=${{ amount: 1500, currency: "JPY" }} size=${16} />
      <${Amount} value=${{ amount: 12345, currency: "KWD" }} size=${16} /><${Amount} value=${euro(189)} size=${14} quiet /></div><//>
    <${Specimen} title=${t("Icons")}><div class="icons">${ICONS.map((name) => html`<${Icon} key=${name} name=${name} />`)}</div><//>`;
}

export function Figures() {
  const hours = DAY.map((value, i) => ({ label: String(i + 8), value }));
  const times = [41, 38, 44, 36, 52, 40, 37, 39, 61, 42, 38, 36].map((value, i) => ({ label: String(i + 1), value }));
  return html`<${Specimen} title=${t("Figures and charts")}><div class="columns">
      <${Figure} icon="banknote" label=${t("Sales today")} value=${html`<${Amount} value=${euro(482310)} size=${32} />`}
        trend=${html`<${Badge} kind="good" icon="arrow-up">${number(0.08, { style: "percent" })}<//>`} note=${t("usual for a Tuesday")} />
      <${Figure} icon="receipt" label=${t("Receipts")} value=${number(213)} note=${t("usual 190 to 230")} />
      <${Figure} icon="cloud-alert" label=${t("Waiting to be sent")} value="3" trend=${html`<${Badge} kind="attention" icon="clock">14 ${t("min")}<//>`} />
    </div><div class="columns">
      <div class="panel stack"><h3>${t("Receipts by hour")}</h3><${Chart} points=${hours} label=${t("Receipts by hour")} format=${number} /></div>
      <div class="panel stack"><h3>${t("From scan to phone")}</h3><${Chart} kind="line" points=${times} label=${t("From scan to phone")} format=${(ms) => t("{ms} ms", { ms })} /></div>
    </div><//>`;
}
