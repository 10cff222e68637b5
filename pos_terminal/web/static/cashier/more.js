// The drawer of what is needed now and then, and of the keys.
import { Button, Drawer, html, Tabs } from "kit/ui.js";
import { locale, t } from "kit/i18n.js";
import { setVolume, volume } from "kit/sound.js";
import { setTheme, theme } from "kit/theme.js";
import { useKeys } from "../shared/keys.js";
import { act, last_sale, totals } from "../shared/till.js";
import { dialog } from "./desk.js";
import { SHORTCUTS } from "./selling_keys.js";

const LOUDNESS = ["0", "0.2", "0.4", "0.8"];

function Settings() {
  const languages = [{ id: "en", label: "English" }, { id: "ru", label: "Русский" }];
  const themes = [{ id: "", label: t("System") }, { id: "light", label: t("Light"), icon: "sun" }, { id: "dark", label: t("Dark"), icon: "moon" }];
  const sounds = LOUDNESS.map((id, i) => ({ id, label: [t("Off"), t("Quiet"), t("Middle"), t("Loud")][i] }));
  const loud = LOUDNESS.findLast((level) => Number(level) <= volume.value) ?? "0";
  return html`<h3>${t("Language")}</h3><${Tabs} look="pills" label=${t("Language")} items=${languages} value=${locale} onChange=${(language) => act("language", { language })} />
    <h3>${t("Appearance")}</h3><${Tabs} look="pills" label=${t("Appearance")} items=${themes} value=${theme.value} onChange=${setTheme} />
    <h3>${t("Tones")}</h3><${Tabs} look="pills" label=${t("Tones")} items=${sounds} value=${loud} onChange=${(level) => setVolume(Number(level))} />`;
}

export function More({ close }) {
  useKeys((event) => event.key === "F8" && (close(), true));
  const deed = (command) => () => { close(); act(command); };
  const empty = totals.value.count === 0;
  return html`<${Drawer} open title=${t("More")} onClose=${close}><div class="stack more" tabindex="-1" autofocus>
    <div class="stack-2">
      <${Button} full icon="copy" keys="F7" disabled=${!last_sale.value} onClick=${deed("reprint")}>${t("Print the last receipt again")}<//>
      <${Button} full icon="receipt" keys="F10" onClick=${() => { dialog.value = "receipts"; }}>${t("Receipts, and goods that come back")}<//>
      <${Button} full icon="gift" onClick=${() => { dialog.value = "sell_card"; }}>${t("Sell or load a gift card")}<//>
      <${Button} full icon="wallet" onClick=${() => { dialog.value = "balance"; }}>${t("What is on a gift card?")}<//>
      <${Button} full icon="inbox" onClick=${deed("no_sale")}>${t("Open the drawer without a sale")}<//>
      <${Button} full icon="undo-2" disabled=${empty} onClick=${() => { dialog.value = "void"; }}>${t("Give up this cart")}<//>
      <${Button} full icon="lock" keys="F9" onClick=${deed("lock")}>${t("Lock the till")}<//>
      <${Button} full icon="log-out" disabled=${!empty} onClick=${deed("sign_out")}>${t("Sign out")}<//>
      ${!empty && html`<p class="quiet small">${t("To sign out, finish this sale or give up the cart first.")}</p>`}</div>
    <${Settings} />
    <h3>${t("Keys")}</h3><dl class="keys">${SHORTCUTS.map(([key, meaning]) => html`<div key=${key} class="row"><dt><kbd>${key}</kbd></dt><dd>${t(meaning)}</dd></div>`)}</dl>
  </div><//>`;
}
