// The manager's page: sign in, then the day and the sync of the store as they happen.
import { html, render, Toasts } from "kit/ui.js";
import { boot } from "kit/boot.js";
import { SignIn } from "./sign_in.js";

// Who is not signed in has no link to the hub: it would be refused, and a refusal loads the page again.
const Page = boot.staff ? (await import("./manage.js")).Manage : SignIn;
render(html`<${Page} /><${Toasts} />`, document.getElementById("app"));
