// The live cart: what is in hand at a till or kiosk, and what was chosen online.
import { locale, t, tn } from "kit/i18n.js";
import { money, quantity } from "kit/format.js";
import { Amount, Button, Empty, html, Icon, Line, Lines, Loading, Status, Stepper, Stopwatch, Strip, render } from "kit/ui.js";
import { away } from "./frame.js";
import { open } from "./gate.js";
import { moment } from "./moment.js";
import { account, act, cart, known_at, now, ready, scanned, status } from "./live.js";
import { look, terminals } from "./looking.js";

const HUB = "hub";
/** A tenth of a kilogram, a metre or a litre. */
const MEASURED_STEP = 100;
/** What nobody touched for so long is from earlier: it is folded away, and nothing else happens to it. */
const EARLIER_MS = 12 * 3600_000;
const name = (names) => names?.[locale] ?? names?.en ?? "";
const picture = (line) => `/products/${line.item}.svg`;
const amount = (value) => (value === null || value === undefined ? null : { amount: value, currency: cart.value.totals.currency });
const unitOf = (line) => (line.unit === "piece" ? "" : line.unit);
const PER_UNIT = { kg: () => t("per kg"), m: () => t("per m"), l: () => t("per L") };
const packed = (line) => (line.pack ? html` · ${t("pack of {count}", { count: line.pack })}` : "");
const less = (line) => (line.given?.length && !line.pending ? { before: amount(line.list_total), reasons: line.given.map((one) => name(one.names)) } : {});
const perUnit = (line) => {
  const price = amount(line.unit_price);
  if (!price) return null;
  return html`<${Amount} value=${price} size=${14} quiet />${PER_UNIT[line.unit] ? ` ${PER_UNIT[line.unit]()}` : ""}${packed(line)}`;
};

function InHand({ line }) {
  return html`<${Line} picture=${picture(line)} title=${name(line.names)} total=${amount(line.total)} ...${less(line)} pending=${line.pending}
    note=${html`<span class="amount">${quantity(line.quantity, unitOf(line))} × </span>${perUnit(line)}`} />`;
}

function Chosen({ line }) {
  const step = unitOf(line) ? MEASURED_STEP : 1000 * (line.pack || 1);
  const more = (_, delta) =>
    act("cart.add", { line: line.id, item: line.item, quantity: delta, fulfilment: line.fulfilment, weighed: false, ...(line.pack && { pack: line.pack }) });
  const gone = () => act("cart.remove", { line: line.id, seen: line.quantity });
  const weight = line.weighed && html`<span class="amount">${quantity(line.quantity, unitOf(line))} × </span>`;
  // What was weighed or cut at a till and put back here is as much as it is: it is taken or not.
  const deed = line.weighed ? html`<${Button} kind="quiet" icon="trash-2" label=${t("Remove {name}", { name: name(line.names) })} onClick=${gone} />`
    : html`<${Stepper} value=${line.quantity} step=${step} unit=${unitOf(line)} label=${t("Quantity of {name}", { name: name(line.names) })} onChange=${more} onRemove=${gone} />`;
  return html`<${Line} picture=${picture(line)} title=${name(line.names)} total=${amount(line.total)} ...${less(line)} pending=${line.pending}
    note=${weight ? html`${weight}${perUnit(line)}` : perUnit(line)} extra=${html`<span class="chosen-step">${deed}</span>`} />`;
}

function Place({ place, lines }) {
  const where = place ? t("At {place}, {store}", { place: name(place.names), store: name(place.store) }) : t("In your hands");
  return html`<section class="group" aria-label=${where}><header class="group-head">
      <h2>${where}</h2>
      ${away.value ? html`<${Status} kind="idle" icon="clock" label=${t("as of {time}", { time: moment(known_at.value ?? Date.now()) })} />`
        : html`<${Status} kind="good" label=${t("now")} />`}
      ${scanned.value && html`<${Stopwatch} since=${scanned.value} now=${now} />`}
    </header>
    <${Lines} label=${where}>${lines.map((line) => html`<${InHand} key=${line.id} line=${line} />`)}<//></section>`;
}

// The till says so until it is done; a lease that ran out while this phone was away is over all the same.
function BeingPaid() {
  const paying = cart.value.paying;
  if (!paying || now() >= paying.until) return null;
  const where = { place: name(paying.place?.names), store: name(paying.place?.store) };
  return html`<${Strip} kind="attention" icon="banknote">${t("Being paid at {place}, {store}, now. What you choose here meanwhile waits for next time.", where)}<//>`;
}

// Where somebody has this cart before him; what is being paid or lies in a hand says its place already.
function OpenAt({ shown }) {
  if (away.value) return null;
  return terminals.value.filter((one) => !shown.has(one.dev)).map(({ dev, place }) => html`<p key=${dev} class="open-at">
    <${Status} kind="good" icon="store" label=${t("Open at {place}, {store}, now", { place: name(place.names), store: name(place.store) })} /></p>`);
}

function ChosenOnline({ lines }) {
  return html`<section class="group" aria-label=${t("Chosen online")}>
    <header class="group-head"><h2>${t("Chosen online")}</h2>${lines.every((line) => line.fulfilment === "collect")
      && html`<span class="quiet small">${t("to collect")}</span>`}</header>
    <${Lines} label=${t("Chosen online")}>${lines.map((line) => html`<${Chosen} key=${line.id} line=${line} />`)}<//></section>`;
}

function Earlier({ lines }) {
  return html`<details class="group earlier"><summary class="group-head"><h2>${t("From earlier")}</h2>
      <span class="quiet small">${tn("{n} line", "{n} lines", lines.length)}</span></summary>
    <${Lines} label=${t("From earlier")}>${lines.map((line) => html`<${Chosen} key=${line.id} line=${line} />`)}<//></details>`;
}

function places(lines) {
  const found = new Map();
  for (const line of lines) found.set(line.owner, [...(found.get(line.owner) ?? []), line]);
  return [...found.values()];
}

/** The way to the coupons, with how many of them count. */
function CouponsLink() {
  const count = cart.value.coupons?.length ?? 0;
  return html`<a class="panel coupons-link" href="/coupons"><${Icon} name="ticket" /><span class="grow">${count ? tn("{n} coupon in this cart", "{n} coupons in this cart", count) : t("Coupons")}</span><${Icon} name="chevron-right" /></a>`;
}

/** What a little more would be rewarded with. */
function Hints() {
  return (cart.value.hints ?? []).map((one) => {
    const promotion = name(one.names);
    const text = one.measure === "money" ? t("{amount} more for “{promotion}”", { amount: money(amount(one.missing)), promotion })
      : tn("{n} more for “{promotion}”", "{n} more for “{promotion}”", one.missing, { promotion });
    return html`<p key=${one.promotion} class="hint"><${Icon} name="tag" />${text}</p>`;
  });
}

function Total() {
  const { totals } = cart.value;
  const lines = Object.values(cart.value.lines);
  const waits = lines.some((line) => line.pending);
  return html`<div class="total ${waits ? "waits" : ""}">
    <div class="total-text"><span>${t("Total")}</span>
      ${totals.off > 0 && html`<span class="saved small">${t("You save {amount}", { amount: money(amount(totals.off)) })}</span>`}
      <span class="quiet small">${waits ? t("being priced") : tn("earns {n} point", "earns {n} points", totals.points)}</span></div>
    <${Amount} value=${amount(totals.total)} size=${32} strong />
    <${Button} kind="primary" icon="qr-code" href="/card">${t("Pay at a till")}<//></div>`;
}

function Nothing() {
  return html`<${Empty} icon="shopping-cart" title=${t("Your cart is empty")}
    action=${html`<${Button} kind="primary" icon="store" href="/">${t("To the shop")}<//>`}>
    ${t("Add something here, or show your card at a till: what is scanned appears on this page at the same moment.")}<//>`;
}

function Cart() {
  if (!cart.value) {
    const alone = ready.value || status.value === "offline";
    return alone ? html`<${Empty} icon="wifi-off" title=${t("Your cart is not on this phone yet")}>
      ${t("It comes as soon as there is a connection.")}<//>` : html`<${Loading} lines=${5} />`;
  }
  const lines = Object.values(cart.value.lines).sort((a, b) => a.n - b.n);
  const virtual = lines.filter((line) => line.owner === HUB);
  const earlier = virtual.filter((line) => !line.pending && now() - line.at >= EARLIER_MS);
  const chosen = virtual.filter((line) => !earlier.includes(line));
  if (!lines.length) return html`<h1>${t("Cart")}</h1><${OpenAt} shown=${new Set()} /><${Nothing} /><${CouponsLink} />`;
  return html`<h1>${t("Cart")}</h1><${BeingPaid} /><${OpenAt} shown=${new Set([...lines.map((line) => line.owner), cart.value.paying?.device])} />
    ${places(lines.filter((line) => line.owner !== HUB)).map((group) =>
      html`<${Place} key=${group[0].owner} place=${group[0].place} lines=${group} />`)}
    ${chosen.length > 0 && html`<${ChosenOnline} lines=${chosen} />`}
    ${earlier.length > 0 && html`<${Earlier} lines=${earlier} />`}<${Hints} /><${CouponsLink} />`;
}

const Dock = () => (cart.value && account.value && Object.keys(cart.value.lines).length ? html`<${Total} />` : null);

look();
open(Cart, {
  icon: "shopping-cart", title: t("Sign in to have one cart everywhere"),
  text: t("The same cart stands on your phone, at the till and at the kiosk."),
});
render(html`<${Dock} />`, document.getElementById("dock"));
