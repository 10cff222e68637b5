// The gallery: each section shows components in all their states.
import { html, render } from "htm/preact";
import { boot } from "kit/boot.js";
import { locale, t } from "kit/i18n.js";
import { setLanguage, setTheme, theme } from "kit/theme.js";
import { Tabs, Toasts } from "kit/ui.js";
import "@preact/signals";
import { Figures, Foundations } from "./foundations.js";
import { Actions, Fields, Overlays } from "./controls.js";
import { Papers, States, Tables, TheLines } from "./content.js";

const SECTIONS = { Foundations, Actions, Fields, TheLines, States, Overlays, Tables, Figures, Papers };

function chooseSurface(surface) {
  const here = new URL(location.href);
  here.searchParams.set("surface", surface);
  location.assign(here);
}

function Head() {
  const surfaces = boot.surfaces.map((id) => ({ id, label: { phone: t("Phone"), till: t("Till"), kiosk: t("Kiosk"), dashboard: t("Dashboard"), bench: t("Bench") }[id] }));
  const themes = [{ id: "", label: t("System") }, { id: "light", label: t("Light"), icon: "sun" }, { id: "dark", label: t("Dark"), icon: "moon" }];
  const languages = [{ id: "en", label: "English" }, { id: "ru", label: "Русский" }];
  return html`<header class="gallery-head"><h1>${t("Design system")}</h1><div class="row">
    <${Tabs} look="pills" label=${t("Surface")} items=${surfaces} value=${boot.surface} onChange=${chooseSurface} />
    <${Tabs} look="pills" label=${t("Theme")} items=${themes} value=${theme.value} onChange=${setTheme} />
    <${Tabs} look="pills" label=${t("Language")} items=${languages} value=${locale} onChange=${setLanguage} />
  </div></header>`;
}

function Gallery() {
  return html`<main class="gallery"><${Head} />
    ${Object.entries(SECTIONS).map(([name, Section]) => html`<${Section} key=${name} />`)}</main><${Toasts} />`;
}

render(html`<${Gallery} />`, document.getElementById("app"));
