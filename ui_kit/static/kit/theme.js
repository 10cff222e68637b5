// Theme and language of this device, kept in cookies so that the server draws the first paint right.
import { signal } from "@preact/signals";

const KEPT_S = 365 * 24 * 3600;
const root = document.documentElement;

function keep(name, value) {
  document.cookie = `${name}=${value}; path=/; max-age=${value ? KEPT_S : 0}; samesite=lax`;
}

/** "light", "dark", or "" where the system decides. */
export const theme = signal(root.dataset.theme ?? "");

/** Change the theme at once and keep it; "" returns to the system's. */
export function setTheme(value) {
  if (value) root.dataset.theme = value;
  else delete root.dataset.theme;
  theme.value = value;
  keep("theme", value);
}

/** Keep a language ("en", "ru") and load the page again in it. */
export function setLanguage(value) {
  keep("lang", value);
  const here = new URL(location.href);
  here.searchParams.delete("lang");
  location.replace(here);
}
