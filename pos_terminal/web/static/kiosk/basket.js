// The basket: the newest thing large at the top, the lines with their pictures, one bar with the total.
import { signal } from "@preact/signals";
import { useEffect, useRef } from "preact/hooks";
import { Amount, Badge, Button, Dialog, Empty, html, Icon, Line, Lines, Stepper } from "kit/ui.js";
import { number } from "kit/format.js";
import { t, tn } from "kit/i18n.js";
import { Coupons } from "../shared/coupons.js";
import { Message } from "../shared/message.js";
import { Picture } from "../shared/picture.js";
import { act, amount, from_app, from_earlier, from_kiosk, hints, in_hand, on_phone, shopper, takeEach, totals } from "../shared/till.js";
import { countOf, hintText, isMeasured, lessOf, lineNote, named, stepOf, unitPrice } from "../shared/words.js";
import { Foot } from "./foot.js";
import { go } from "./place.js";

const leaving = signal(false);

function Hero() {
  const line = in_hand.value.at(-1);
  if (!line) {
    return html`<div class="hero"><span class="hero-mark"><${Icon} name="scan-barcode" size="large" /></span>
      <div><h1>${t("Scan the first thing")}</h1><p class="quiet">${t("Hold its bars before the scanner below the screen.")}</p></div></div>`;
  }
  return html`<div class="hero"><${Picture} key=${line.picture} of=${line} /><div class="grow"><p class="hero-name">${named(line.names)}</p>
    <p class="row hero-facts"><span class="quiet amount">${isMeasured(line) ? `${countOf(line)} · ${unitPrice(line, totals.value.currency)}` : `${countOf(line)} ×`}</span>
      <${Amount} value=${amount(line.total)} size=${32} strong /></p></div></div>`;
}

function Shopper() {
  const one = shopper.value;
  if (!one) return html`<${Button} icon="credit-card" onClick=${() => go("card")}>${t("I have a card")}<//>`;
  return html`<p class="row hello"><${Icon} name="user-round" /><span class="strong clip">${one.name}</span>
    ${one.tier && html`<${Badge} icon="star">${named(one.tier)}<//>`}
    ${one.points !== null && html`<span class="quiet amount">${tn("{n} point", "{n} points", one.points, { n: number(one.points) })}</span>`}
    ${one.pending && html`<${Badge} icon="clock">${t("not confirmed yet")}<//>`}
    ${on_phone.value && html`<${Badge} kind="accent" icon="smartphone">${t("On your phone now")}<//>`}</p>`;
}

function Mine({ line }) {
  const remove = () => act("remove", { line: line.id, seen: line.seen });
  const picture = line.picture ? `/pictures/${line.picture}.svg` : undefined;
  const each = unitPrice(line, totals.value.currency);
  const note = [line.weighed && countOf(line), line.pack && t("pack of {count}", { count: line.pack }), each].filter(Boolean).join(" · ");
  return html`<${Line} title=${named(line.names)} note=${note}
    picture=${picture} total=${amount(line.total)} ...${lessOf(line, totals.value.currency)} pending=${line.pending}>
    ${line.weighed ? html`<${Button} icon="trash-2" kind="quiet" label=${t("Remove {name}", { name: named(line.names) })} onClick=${remove} />`
      : html`<${Stepper} value=${line.quantity} step=${stepOf(line)} unit=${isMeasured(line) ? line.unit : ""} label=${named(line.names)} onChange=${(to) => act("set", { line: line.id, to, seen: line.seen })} onRemove=${remove} />`}
  <//>`;
}

function Waiting({ line }) {
  return html`<${Line} title=${named(line.names)} note=${[`${countOf(line)} ×`, lineNote(line, totals.value.currency)].filter(Boolean).join(" · ")}
    picture=${line.picture ? `/pictures/${line.picture}.svg` : undefined} total=${amount(line.total)} pending=${line.pending}>
    ${line.takeable !== false && line.origin !== "kiosk" && html`<${Button} icon="hand" busy=${line.taking} onClick=${() => act("take", { line: line.id })}>${t("I have it")}<//>`}<//>`;
}

/** Asks before everything is given up. */
function Leaving() {
  const close = () => { leaving.value = false; };
  return html`<${Dialog} open=${leaving.value} title=${t("Start over?")} onClose=${close}
    actions=${html`<${Button} size="large" onClick=${close}>${t("Keep my basket")}<//><${Button} size="large" kind="danger" onClick=${() => { close(); act("start_over"); }}>${t("Empty it")}<//>`}>
    <p>${t("Your basket is emptied. Please put the goods back on their shelves.")}</p><//>`;
}

function useNewestInSight(count) {
  const frame = useRef(null);
  const seen = useRef(count);
  useEffect(() => {
    if (count > seen.current) frame.current?.querySelector(".mine .line:last-child")?.scrollIntoView({ block: "nearest" });
    seen.current = count;
  }, [count]);
  return frame;
}

export function Basket() {
  const [mine, waiting, earlier] = [in_hand.value, [...from_kiosk.value, ...from_app.value], from_earlier.value];
  const frame = useNewestInSight(mine.length);
  const [hint, saved] = [hints.value?.[0], totals.value.off];
  const leave = () => (mine.length ? (leaving.value = true) : act("start_over"));
  return html`<main class="page"><div class="page-top"><${Message} closable=${false} calm=${t("Every scan stands here at once, and on your phone.")} /><${Hero} /></div>
    <div class="page-middle basket">
      <div class="basket-head"><${Shopper} /><${Button} icon="layout-grid" onClick=${() => go("shelves")}>${t("Without bars")}<//></div>
      <div class="basket-lines" ref=${frame} tabindex="0" role="region" aria-label=${t("Your basket")}>
        ${mine.length + waiting.length + earlier.length === 0 && html`<${Empty} icon="shopping-bag" title=${t("Your basket is empty")}>${t("Fruit, vegetables and bread have no bars: choose them under “Without bars”.")}<//>`}
        ${mine.length > 0 && html`<div class="mine"><${Lines} label=${t("Your basket")}>${mine.map((line) => html`<${Mine} key=${line.id} line=${line} />`)}<//></div>`}
        ${waiting.length > 0 && html`<h2 class="waiting-head"><${Icon} name="smartphone" />${t("From the app, not in your hand yet")}</h2>
          <${Lines} label=${t("From the app, not in your hand yet")}>${waiting.map((line) => html`<${Waiting} key=${line.id} line=${line} />`)}<//>`}
        ${earlier.length > 0 && html`<h2 class="waiting-head"><${Icon} name="clock" /><span class="grow">${t("From earlier")}</span>
            <${Button} icon="hand" onClick=${() => takeEach(earlier)}>${t("I have all of it")}<//></h2>
          <${Lines} label=${t("From earlier")}>${earlier.map((line) => html`<${Waiting} key=${line.id} line=${line} />`)}<//>`}
      </div>
      <${Coupons} /><p class="hint row">${hint && html`<${Icon} name="tag" />${hintText(hint, totals.value.currency)}`}</p>
      <div class="sum"><span class="quiet">${tn("{n} line", "{n} lines", mine.length)}</span>
        ${saved > 0 && html`<span class="saved row">${t("You save")} <${Amount} value=${amount(saved)} plain /></span>`}<span class="quiet grow end">${t("Total")}</span>
        <${Amount} value=${amount(totals.value.in_hand)} size=${48} strong /></div></div>
    <${Foot} back=${{ label: t("Start over"), icon: "undo-2", onClick: leave }}>
      <${Button} kind="primary" size="large" full end_icon="arrow-right" disabled=${!mine.length} onClick=${() => go("pay")}>${t("Pay")}<//><//>
    <${Leaving} /></main>`;
}
