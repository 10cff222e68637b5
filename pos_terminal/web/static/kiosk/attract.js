import { Button, html, Tabs } from "kit/ui.js";
import { locale, t } from "kit/i18n.js";
import { Message } from "../shared/message.js";
import { act, store } from "../shared/till.js";
import { named } from "../shared/words.js";
import { HelpButton } from "./foot.js";
import { Scene } from "./scene.js";

const LANGUAGES = [{ id: "en", label: "English" }, { id: "ru", label: "Русский" }];

/** One sentence, one picture, the languages. A scan or a touch starts. */
export function Attract() {
  return html`<main class="page attract"><div class="page-top"><p class="quiet">${named(store.value?.names)}</p>
      <h1>${t("Scan your goods here, then just pay at any till")}</h1></div>
    <div class="page-middle attract-middle"><${Scene} />
      <${Button} kind="primary" size="large" full icon="scan-barcode" onClick=${() => act("start")}>${t("Touch to start")}<//>
      <p class="quiet centre">${t("Or scan the first thing, or your card.")}</p></div>
    <div class="attract-foot"><${Message} closable=${false} may_set_up calm="" />
      <div class="row"><${Tabs} look="pills" label=${t("Language")} items=${LANGUAGES} value=${locale} onChange=${(language) => act("language", { language })} /><${HelpButton} /></div></div></main>`;
}
