// The card: its code large and bright, and the points on it.
import { boot } from "kit/boot.js";
import { locale, t, tn } from "kit/i18n.js";
import { number } from "kit/format.js";
import { Badge, Empty, html, Icon } from "kit/ui.js";
import { open } from "./gate.js";
import { account, shopper } from "./live.js";

const spaced = (digits) => digits.replace(/^(\d)(\d{4})(\d{4})(\d{4})$/, "$1 $2 $3 $4");

// Where the system lets us, the screen stays on while the code is shown; where not, nothing is lost.
const stayBright = () => navigator.wakeLock?.request("screen").catch(() => {});

function Code({ path, size, look, high, label }) {
  return html`<svg class=${look} role="img" aria-label=${label} viewBox=${`0 0 ${size} ${high}`} preserveAspectRatio="none"
    shape-rendering="crispEdges"><path d=${path} /></svg>`;
}

function Card() {
  if (!boot.codes) {
    return html`<${Empty} icon="credit-card" title=${t("No card yet")}>${t("Ask at any till for a card; it is yours at once.")}<//>`;
  }
  const [qr, side] = boot.codes.qr;
  const [bars, width] = boot.codes.bars;
  const { active: points, tier } = account.value?.points ?? {};
  return html`<h1>${t("Card")}</h1>
    <section class="card-face">
      <p class="card-name">${shopper.names[locale] ?? shopper.names.en}</p>
      <${Code} path=${qr} size=${side} high=${side} look="card-qr" label=${t("Card {number} as a code", { number: shopper.card })} />
      <${Code} path=${bars} size=${width} high=${20} look="card-bars" label=${t("Card {number} as bars", { number: shopper.card })} />
      <p class="card-number amount">${spaced(shopper.card)}</p>
    </section>
    <p class="quiet small card-hint">${t("Hold it before the scanner at a till or kiosk.")}</p>
    <a class="panel points" href="/points"><span class="points-figure amount">${points === undefined ? "–" : number(points)}</span>
      <span>${points === undefined ? t("points") : tn("point", "points", points)}</span>
      ${tier && html`<${Badge} kind="accent" icon="star">${tier.names[locale] ?? tier.names.en}<//>`}
      <span class="quiet small">${t("See until when they count and where they come from.")}</span></a>
    <a class="panel coupons-link" href="/credit"><${Icon} name="wallet" /><span class="grow">${t("Store credit")}</span><${Icon} name="chevron-right" /></a>`;
}

open(Card, { icon: "qr-code", title: t("Sign in to see your card"), text: t("One code for every till, and points for what you buy.") });
if (shopper) {
  stayBright();
  document.addEventListener("visibilitychange", () => { if (!document.hidden) stayBright(); });
}
