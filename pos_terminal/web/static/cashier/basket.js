// The left side of the till: what is in hand, what waits elsewhere for this shopper, and the total.
import { useEffect, useRef } from "preact/hooks";
import { Amount, Badge, Button, html, Icon, Line, Lines } from "kit/ui.js";
import { number } from "kit/format.js";
import { t, tn } from "kit/i18n.js";
import { act, amount, cards, from_app, from_earlier, from_kiosk, hints, in_hand, shopper, takeEach, taxes, totals } from "../shared/till.js";
import { Coupons } from "../shared/coupons.js";
import { countOf, hintText, lessOf, lineNote, named } from "../shared/words.js";
import { choose, current, dialog } from "./desk.js";
import { CardRows } from "./card_sales.js";
import { LastSale } from "./last_sale.js";
import { CreditStrip } from "./returned.js";

function Row({ line }) {
  const takeable = !line.mine && line.takeable !== false;
  return html`<${Line} count=${countOf(line)} title=${named(line.names)} note=${lineNote(line, totals.value.currency)}
    total=${amount(line.total)} ...${lessOf(line, totals.value.currency)} pending=${line.pending} selected=${current.value?.id === line.id} onSelect=${() => choose(line)}>
    ${line.mine && current.value?.id === line.id && html`<${Button} kind="quiet" size="small" icon="circle-question-mark" keys="F3"
      label=${t("Why this price")} onClick=${() => { dialog.value = "why"; }} />`}
    ${takeable && html`<${Button} size="small" icon="hand" busy=${line.taking}
      label=${t("Take {name} in hand", { name: named(line.names) })} onClick=${() => act("take", { line: line.id })}>${t("Take")}<//>`}
  <//>`;
}

const rows = (list) => list.map((line) => html`<${Row} key=${line.id} line=${line} />`);

const bringInSight = (frame) => frame?.querySelector(".line.selected")?.scrollIntoView({ block: "nearest" });

// The line that the arrow keys choose is kept in sight; nothing else scrolls.
function useCurrentInSight() {
  const frame = useRef(null);
  useEffect(() => bringInSight(frame.current), [current.value?.id]);
  return frame;
}

function InHand() {
  const frame = useCurrentInSight();
  useEffect(() => {
    // A coupon, a hint or a tray below takes room from the list, and the line that was just scanned must not go under.
    const watch = new ResizeObserver(() => bringInSight(frame.current));
    watch.observe(frame.current);
    return () => watch.disconnect();
  }, []);
  const list = in_hand.value;
  return html`<section class="in-hand" ref=${frame}>
    <h2 class="group"><span>${t("In hand")}</span><span class="quiet amount">${list.length || ""}</span></h2>
    ${list.length ? html`<${Lines} label=${t("In hand")} follow>${rows(list)}<//>` : !cards.value?.length && html`<${LastSale} />`}
    <${CardRows} />
  </section>`;
}

/** What the shopper chose before this visit: a tray of its own, which nothing gets into the sale from by itself. */
function Earlier({ tray, keys }) {
  return html`<h2 class="group"><span class="row"><${Icon} name="clock" />${t("From earlier")}<span class="quiet amount">${tray.length}</span></span>
      <${Button} kind="quiet" size="small" keys=${keys} onClick=${() => takeEach(tray)}>${t("Take all")}<//></h2>
    <${Lines} label=${t("From earlier")}>${rows(tray)}<//>`;
}

/** Goods chosen elsewhere. Its place is kept from the moment a shopper is known, so that lines in hand do not move. */
function Elsewhere() {
  const frame = useCurrentInSight();
  const [kiosk, app, earlier] = [from_kiosk.value, from_app.value, from_earlier.value];
  if (!shopper.value && !kiosk.length && !app.length) return null;
  const all = kiosk.length + app.length;
  if (!all && earlier.length) return html`<section class="elsewhere" ref=${frame}><${Earlier} tray=${earlier} keys="F6" /></section>`;
  return html`<section class="elsewhere" ref=${frame}>
    <h2 class="group"><span class="row"><${Icon} name="smartphone" />${kiosk.length ? t("From the kiosk and the app") : t("From the app")}
      <span class="quiet amount">${all || ""}</span></span>
      ${all > 0 && html`<${Button} kind="quiet" size="small" keys="F6" onClick=${() => act("take_all")}>${t("Take all")}<//>`}</h2>
    ${all ? html`<${Lines} label=${t("From the app")} follow>${rows(kiosk)}${rows(app)}<//>`
      : html`<p class="none quiet small">${t("Nothing was chosen in the app.")}</p>`}
    ${earlier.length > 0 && html`<${Earlier} tray=${earlier} />`}
  </section>`;
}

function Totals() {
  const sum = totals.value;
  const tax = taxes.value ?? [];
  const hint = hints.value?.[0];
  return html`${hint && html`<p class="hint"><${Icon} name="tag" />${hintText(hint, sum.currency)}</p>`}<${Coupons} /><${CreditStrip} /><section class="totals" aria-label=${t("Total")}>
    <dl class="sums small">
      <div><dt>${tn("{n} line", "{n} lines", sum.count)}</dt><dd>${sum.points > 0 && shopper.value
        ? html`<${Badge} kind="accent" icon="star">${tn("+{n} point", "+{n} points", sum.points, { n: number(sum.points) })}<//>` : ""}</dd></div>
      ${sum.reaches && html`<div><dt>${t("New level")}</dt><dd><${Badge} kind="accent" icon="star">${named(sum.reaches)}<//></dd></div>`}
      ${tax.map((one) => html`<div key=${one.code}><dt class="clip">${t("incl. {tax}", { tax: named(one.names) })}</dt>
        <dd><${Amount} value=${amount(one.tax)} size=${14} plain /></dd></div>`)}
      ${sum.off > 0 && html`<div class="saved"><dt>${t("Promotions save")}</dt><dd><${Amount} value=${amount(sum.off)} size=${14} plain /></dd></div>`}
      ${sum.virtual > 0 && html`<div><dt>${t("Not in this sale")}</dt><dd><${Amount} value=${amount(sum.virtual)} size=${14} plain /></dd></div>`}
    </dl>
    <p class="total"><span class="total-word">${t("Total")}</span><${Amount} value=${amount(sum.in_hand)} size=${48} strong /></p>
  </section>`;
}

export function Basket() {
  return html`<div class="left"><${InHand} /><${Elsewhere} /><${Totals} /></div>`;
}
