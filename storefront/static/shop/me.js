// The shopper, and how this phone speaks and looks.
import { signal } from "@preact/signals";
import { boot } from "kit/boot.js";
import { locale, t, tn } from "kit/i18n.js";
import { setLanguage, setTheme, theme } from "kit/theme.js";
import { Button, Dialog, html, Icon, render, Tabs } from "kit/ui.js";
import { signInAddress } from "./frame.js";
import { forgetPages } from "./kept_pages.js";
import { shopper } from "./live.js";
import { forgetPresses } from "./pressed.js";
import { unsent } from "./sender.js";
import { forget } from "./stored.js";
import { forgetCodes } from "./wallet.js";

const LANGUAGE_NAMES = { en: "English", ru: "Русский" };
const asked = signal(false);

async function changeLanguage(value) {
  await forgetPages();
  setLanguage(value);
}

async function changeTheme(value) {
  setTheme(value === "system" ? "" : value);
  await forgetPages();
}

async function signOut() {
  await fetch("/sign-out", { method: "POST", headers: { "Content-Type": "application/json" }, body: "{}" });
  await forget(shopper.id).catch(() => {});
  forgetPresses();
  forgetCodes(shopper.id);
  await forgetPages();
  location.assign("/");
}

function Leaving() {
  const actions = html`<${Button} onClick=${() => { asked.value = false; }}>${t("Stay signed in")}<//>
    <${Button} kind="danger" onClick=${signOut}>${t("Sign out")}<//>`;
  return html`<${Dialog} open=${asked.value} title=${t("Sign out now?")} onClose=${() => { asked.value = false; }} actions=${actions}>
    ${tn("{n} change was not sent yet and would be lost.", "{n} changes were not sent yet and would be lost.", unsent.value)}<//>`;
}

function Person() {
  if (!shopper) {
    return html`<section class="panel person"><span class="person-face"><${Icon} name="user-round" size="large" /></span>
      <span class="grow"><b>${t("Not signed in")}</b><span class="quiet small">${t("You can look around; adding needs an account.")}</span></span>
      <${Button} kind="primary" icon="log-in" href=${signInAddress()}>${t("Sign in")}<//></section>`;
  }
  const name = shopper.names[locale] ?? shopper.names.en;
  const leave = () => { if (unsent.value) asked.value = true; else signOut(); };
  return html`<section class="panel person"><span class="person-face" aria-hidden="true">${name.split(" ").map((word) => word[0]).join("")}</span>
    <span class="grow"><b>${name}</b><span class="quiet small amount">${shopper.card && t("Card {number}", { number: shopper.card })}</span></span>
    <${Button} icon="log-out" onClick=${leave}>${t("Sign out")}<//></section>`;
}

function Me() {
  const languages = boot.languages.map((id) => ({ id, label: LANGUAGE_NAMES[id] ?? id }));
  const themes = [{ id: "system", label: t("As the phone"), icon: "smartphone" }, { id: "light", label: t("Light"), icon: "sun" },
    { id: "dark", label: t("Dark"), icon: "moon" }];
  return html`<h1>${t("Me")}</h1><${Person} />
    <section class="panel stack-2"><h2>${t("Language")}</h2>
      <${Tabs} look="pills" label=${t("Language")} items=${languages} value=${locale} onChange=${changeLanguage} /></section>
    <section class="panel stack-2"><h2>${t("Appearance")}</h2>
      <${Tabs} look="pills" label=${t("Appearance")} items=${themes} value=${theme.value || "system"} onChange=${changeTheme} /></section>
    <${Leaving} />`;
}

render(html`<${Me} />`, document.getElementById("app"));
