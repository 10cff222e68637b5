import { Amount, Button, html, Icon } from "kit/ui.js";
import { tn, t } from "kit/i18n.js";
import { Message } from "../shared/message.js";
import { act } from "../shared/till.js";
import { HelpButton } from "./foot.js";
import { kept } from "./place.js";

/** What was kept, and where it waits. A scan or ten seconds end it. */
export function Thanks() {
  const was = kept.value;
  return html`<main class="page"><div class="page-top"><${Message} closable=${false} calm="" /></div>
    <div class="page-middle thanks"><span class="thanks-mark"><${Icon} name="check" size="large" /></span>
      <h1>${was ? t("Thank you, {name}", { name: was.name }) : t("Thank you")}</h1>
      <p>${t("Your basket waits at every till of this shop. Show your card there and pay.")}</p>
      ${was && html`<p class="row kept"><span class="quiet">${tn("{n} line kept", "{n} lines kept", was.count)}</span><${Amount} value=${was.total} size=${48} strong /></p>`}
      <p class="quiet">${t("It is on your phone, too.")}</p></div>
    <footer class="foot"><${HelpButton} /><${Button} kind="primary" size="large" full onClick=${() => act("next")}>${t("Done")}<//></footer></main>`;
}
