// The foot of every page: the way back at its left, help in the middle, the one thing to do at its right.
import { Button, html } from "kit/ui.js";
import { t } from "kit/i18n.js";
import { place } from "./place.js";

export function HelpButton() {
  return html`<${Button} kind="quiet" icon="circle-question-mark" onClick=${() => { place.value = { ...place.value, help: true }; }}>${t("Help")}<//>`;
}

/** `back = {label, icon, onClick}`; children are the one thing to do. */
export function Foot({ back, children }) {
  return html`<footer class="foot"><${Button} icon=${back.icon ?? "arrow-left"} onClick=${back.onClick}>${back.label ?? t("Back")}<//>
    <${HelpButton} />
    <div class="grow foot-main">${children}</div></footer>`;
}
