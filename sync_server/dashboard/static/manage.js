// What all of the manager's pages share: where one is, the link, language and light, and which page is open.
import { signal } from "@preact/signals";
import { boot } from "kit/boot.js";
import { time } from "kit/format.js";
import { locale, t } from "kit/i18n.js";
import { setLanguage, setTheme, theme } from "kit/theme.js";
import { Button, html, Loading, Status, Strip, Tabs } from "kit/ui.js";
import { Cards } from "./cards/page.js";
import { Coupons } from "./coupons/page.js";
import { Customers } from "./customers/page.js";
import { Exchange } from "./exchange/page.js";
import { company, link, now, state } from "./feed.js";
import { Liability } from "./liability.js";
import { LoyaltyPage } from "./loyalty/page.js";
import { Promotions } from "./promotions/page.js";
import { Sync } from "./sync.js";
import { Today } from "./today.js";
import { word } from "./words.js";

const PAGES = ["today", "sync", "promotions", "coupons", "loyalty", "customers", "cards", "liability", "files"];

// "#promotions/books-3-for-2": a page, and what of it is open.
function named() {
  const [page, ...rest] = location.hash.slice(1).split("/");
  return PAGES.includes(page) ? { page, place: decodeURIComponent(rest.join("/")) } : { page: PAGES[0], place: "" };
}
const open = signal(named());
addEventListener("hashchange", () => (open.value = named()));

async function leave() {
  await fetch("/manage/sign-out", { method: "POST" }).catch(() => {});
  location.reload();
}

function Top({ store }) {
  const dark = theme.value === "dark";
  return html`<header class="manage-top row between">
    <div><h1>${word(store?.names) || t("Manager's page")}</h1><p class="quiet small">${word(boot.staff.names)}</p></div>
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

function Pages({ day }) {
  const items = [
    { id: "today", label: t("Today"), icon: "calendar" },
    { id: "sync", label: t("Sync"), icon: "refresh-cw", count: day?.waiting },
    { id: "promotions", label: t("Promotions"), icon: "badge-percent" },
    { id: "coupons", label: t("Coupons"), icon: "ticket" },
    { id: "loyalty", label: t("Loyalty"), icon: "star" },
    { id: "customers", label: t("Customers"), icon: "users" },
    { id: "cards", label: t("Gift cards"), icon: "gift" },
    { id: "liability", label: t("What we owe"), icon: "wallet" },
    { id: "files", label: t("Files"), icon: "download" },
  ];
  return html`<${Tabs} label=${t("Pages")} items=${items} value=${open.value.page} onChange=${(id) => (location.hash = id)} />`;
}

const SHOWN = {
  today: (day) => html`<${Today} day=${day} />`,
  sync: (day) => html`<${Sync} day=${day} stores=${company.value?.stores ?? {}} />`,
  promotions: (_, place) => html`<${Promotions} place=${place} />`,
  coupons: () => html`<${Coupons} />`,
  loyalty: () => html`<${LoyaltyPage} />`,
  customers: () => html`<${Customers} />`,
  cards: (_, place) => html`<${Cards} place=${place} />`,
  liability: () => html`<${Liability} />`,
  files: () => html`<${Exchange} />`,
};

/** The pages of one store's manager. */
export function Manage() {
  const day = state.value;
  return html`<main class="manage"><${Top} store=${day?.store} /><${Pages} day=${day} />
    ${link.status.value !== "online" && day && html`<${Strip} kind="attention" icon="wifi-off">
      ${t("No connection to the hub. What you see is as of {time}.", { time: time(now.value) })}<//>`}
    ${!day ? html`<${Loading} label=${t("Fetching the day")} lines=${6} />` : SHOWN[open.value.page](day, open.value.place)}
  </main>`;
}
