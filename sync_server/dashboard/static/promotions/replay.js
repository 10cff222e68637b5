import { t } from "kit/i18n.js";
import { html } from "kit/ui.js";

/** Past sales with the draft: comes next. */
export const Replay = () => html`<p>${t("Past sales")}</p>`;
