// The kiosk's page: one question a page; a scan is heard on all of them and leads back to the basket.
import { computed, effect } from "@preact/signals";
import { Button, Dialog, html, Loading, render, Stopwatch } from "kit/ui.js";
import { t } from "kit/i18n.js";
import { listen } from "kit/wedge.js";
import { keepFocus } from "../shared/keys.js";
import { FirstLoad } from "../shared/loading.js";
import { code, SetUp } from "../shared/set_up.js";
import { ask, demo, followLanguage, in_hand, notice, perform, phase, ready, ringTones, scanned_at, scanTyped, set_up, shopper } from "../shared/till.js";
import { Weighing, weight } from "../shared/weighing.js";
import { Attract } from "./attract.js";
import { Basket } from "./basket.js";
import { Idle, watchTouches } from "./idle.js";
import { Card, card, Pay } from "./pay.js";
import { home, kept, place } from "./place.js";
import { Goods, Shelves } from "./shelves.js";
import { Thanks } from "./thanks.js";

const NOTICE_STAYS_MS = 8000;

listen((text) => {
  for (const typed of [card, weight, code]) typed.undoBurst();
  scanTyped(text);
});
ringTones();
followLanguage();
watchTouches();
// What the kiosk said fades by itself: there is nothing to touch in the upper third.
effect(() => {
  if (!notice.value) return undefined;
  const timer = setTimeout(() => perform("dismiss").catch(() => {}), NOTICE_STAYS_MS);
  return () => clearTimeout(timer);
});
// Each visit begins at the basket, and what comes into it is shown there; a card that was asked for leads back, too.
const goods_in_hand = computed(() => in_hand.value.map((line) => `${line.id} ${line.quantity}`).join());
effect(() => { if (phase.value !== "scanning" || goods_in_hand.value) home(); });
effect(() => { if (phase.value === "attract") kept.value = null; });
effect(() => { if (shopper.value && place.peek().page === "card") home(); });

function Help() {
  const close = () => { place.value = { ...place.value, help: false }; };
  return html`<${Dialog} open=${place.value.help} title=${t("Help")} onClose=${close} actions=${html`<${Button} size="large" kind="primary" onClick=${close}>${t("Back")}<//>`}>
    <ul class="help stack"><li>${t("Hold the bars of a thing before the scanner: it comes into your basket.")}</li>
      <li>${t("Fruit, vegetables and bread have no bars: choose them under “Without bars”.")}</li>
      <li>${t("Scan your card at any time. You earn points, and your phone shows the same basket.")}</li>
      <li>${t("You pay at any till. Nothing is lost on the way.")}</li>
      <li class="strong">${t("Something does not work? Raise your hand or ask at the next till: a person comes.")}</li></ul><//>`;
}

function NeedsHub() {
  return html`<${FirstLoad} closable=${false} />`;
}

const PAGES = { basket: Basket, shelves: Shelves, goods: Goods, card: Card, pay: Pay };

function page() {
  if (phase.value === "attract") return Attract;
  if (phase.value === "thanks") return Thanks;
  return phase.value === "scanning" ? (PAGES[place.value.page] ?? Basket) : NeedsHub;
}

function Kiosk() {
  if (!ready.value) return html`<main class="alone"><${Loading} /></main>`;
  if (set_up.value) return html`<${SetUp} />`;
  const Page = page();
  return html`<div class="kiosk" onMouseDown=${keepFocus}><${Page} />${demo.value && html`<div class="watch"><${Stopwatch} since=${scanned_at.value} label="" /></div>`}
    <${Help} /><${Idle} />${ask.value && html`<${Weighing} />`}</div>`;
}

render(html`<${Kiosk} />`, document.getElementById("app"));
