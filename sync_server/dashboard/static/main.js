// The manager's page: sign in, then the day as it happens.
import { html, render, Toasts } from "kit/ui.js";
import { boot } from "kit/boot.js";
import { SignIn } from "./sign_in.js";
import { Today } from "./today.js";

const page = boot.staff ? html`<${Today} />` : html`<${SignIn} />`;
render(html`${page}<${Toasts} />`, document.getElementById("app"));
