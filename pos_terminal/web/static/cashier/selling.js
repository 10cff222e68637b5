import { html } from "kit/ui.js";
import { t } from "kit/i18n.js";
import { useKeys } from "../shared/keys.js";
import { Message } from "../shared/message.js";
import { Basket } from "./basket.js";
import { Pad } from "./pad.js";
import { Find, QuickKeys } from "./quick_keys.js";
import { sellingKey } from "./selling_keys.js";
import { ShopperStrip } from "./shopper.js";

/** The page on which almost all of the day is spent. */
export function Selling() {
  useKeys(sellingKey);
  return html`<${ShopperStrip} /><${Message} calm=${t("Ready. Scan, or type a code and press Enter.")} />
    <${Basket} /><div class="right"><${Find} /><${QuickKeys} /><${Pad} /></div>`;
}
