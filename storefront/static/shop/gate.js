// A page that belongs to a shopper, and what stands there while nobody is signed in.
import { t } from "kit/i18n.js";
import { Button, Empty, html, render, toast } from "kit/ui.js";
import { signInAddress } from "./frame.js";
import { shopper } from "./live.js";
import { addWanted } from "./wanted.js";

/** Show `Page` to a shopper; a guest reads why to sign in. */
export function open(Page, { icon, title, text }) {
  const guest = html`<${Empty} icon=${icon} title=${title}
    action=${html`<${Button} kind="primary" icon="log-in" href=${signInAddress()}>${t("Sign in")}<//>`}>${text}<//>`;
  render(shopper ? html`<${Page} />` : guest, document.getElementById("app"));
  addWanted(() => toast({ kind: "good", text: t("Added to the cart") }));
}
