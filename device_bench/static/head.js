// The head of the page: terminals, the network plug, language and theme.
import { boot } from "kit/boot.js";
import { t } from "kit/i18n.js";
import { setLanguage, setTheme, theme } from "kit/theme.js";
import { Button, Icon, Tabs, html } from "kit/ui.js";
import { current, link, order, plug, show, terminals } from "./link.js";

// Stopping and starting the hub takes as long as the hub takes.
const PLUG_TIMEOUT_MS = 40_000;
const dark = () => (theme.value || (matchMedia("(prefers-color-scheme: dark)").matches ? "dark" : "light")) === "dark";

async function pull() {
  plug.value = { ...plug.value, busy: true };
  await order("plug", { in: !plug.value.in }, { timeout_ms: PLUG_TIMEOUT_MS });
  plug.value = { ...plug.value, busy: false };
}

function Plug() {
  const { in: is_in, works, busy } = plug.value;
  const word = is_in ? t("Plugged in") : t("Pulled: the shop is on its own");
  return html`<button type="button" role="switch" class=${`b-plug ${is_in ? "" : "out"}`} aria-checked=${String(is_in)} aria-busy=${String(busy)}
    disabled=${busy} onClick=${pull} title=${works ? undefined : t("This bench was started alone and cannot switch the network. Start the demonstration with bin/run.")}>
    <span class="b-plug-line" aria-hidden="true"><i class="b-socket"></i><i class="b-pin"></i></span>
    <span class="b-plug-words"><b>${t("Network")}</b><span>${busy ? t("One moment") : word}</span></span></button>`;
}

export function Head() {
  const other = boot.languages.find((language) => language !== boot.locale);
  return html`<header class="b-head">
    <div class="b-brand"><${Icon} name="panel-top" /><h1>${t("Device bench")}</h1></div>
    <${Tabs} look="pills" label=${t("Terminal")} items=${terminals} value=${current.value} onChange=${show} />
    <span class="grow"></span>
    ${link.status.value === "offline" && html`<span class="b-gone" role="status"><${Icon} name="unplug" />${t("The bench does not answer")}</span>`}
    <${Plug} />
    <${Button} kind="quiet" icon="languages" onClick=${() => setLanguage(other)}>${other.toUpperCase()}<//>
    <${Button} kind="quiet" icon=${dark() ? "sun" : "moon"} label=${dark() ? t("Light") : t("Dark")} onClick=${() => setTheme(dark() ? "light" : "dark")} />
  </header>`;
}
