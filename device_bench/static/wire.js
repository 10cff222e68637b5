// The bytes on the wire, newest first: as text with control bytes by name, and in hexadecimal.
import { t, tn } from "kit/i18n.js";
import { Icon, html } from "kit/ui.js";
import { counters, current } from "./link.js";

const clock = new Intl.DateTimeFormat("en-GB", { hour: "2-digit", minute: "2-digit", second: "2-digit", fractionalSecondDigits: 3 });
const ICONS = { scanner: "scan-barcode", printer: "printer" };

function Entry({ entry }) {
  const to_till = entry.device === "scanner" || entry.direction === "out";
  const who = entry.device === "scanner" ? t("Scanner") : t("Printer");
  return html`<li><time class="amount">${clock.format(entry.at)}</time>
    <span class=${`b-way ${to_till ? "up" : "down"}`} title=${to_till ? t("from the device to the till") : t("from the till to the device")}>
      <${Icon} name=${ICONS[entry.device]} label=${who} /><${Icon} name=${to_till ? "arrow-right" : "arrow-left"} /></span>
    <span class="b-size amount">${tn("{n} byte", "{n} bytes", entry.size)}</span>
    <code class="b-text">${entry.text}</code><code class="b-hex">${entry.hex}</code></li>`;
}

export function Wire() {
  const entries = counters[current.value].wire.value;
  return html`<section class="b-wire" aria-label=${t("On the wire")}><h2><${Icon} name="activity" />${t("On the wire")}</h2>
    <ol tabindex="0">${entries.length ? entries.toReversed().map((entry) => html`<${Entry} key=${entry.n} entry=${entry} />`)
      : html`<li class="b-quiet">${t("Silence. Scan something, and its bytes appear here.")}</li>`}</ol></section>`;
}
