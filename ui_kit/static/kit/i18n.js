// Messages in the page's language. English sentences are the ids, so English needs no catalogue.
import { boot } from "./boot.js";

export const locale = boot.locale;

const PLURAL_CATEGORIES = { en: ["one", "other"], ru: ["one", "few", "many"] };
const rules = new Intl.PluralRules(locale);

async function load() {
  if (locale === "en") return {};
  try {
    const answer = await fetch(boot.messages_url);
    return answer.ok ? await answer.json() : {};
  } catch {
    // Without the catalogue the page still works: it speaks English.
    return {};
  }
}

const messages = await load();

// A value may be a name in several languages, as of a till.
const said = (value) => (value && typeof value === "object" ? String(value[locale] ?? value.en ?? "") : String(value));

function fill(text, params) {
  return params ? text.replace(/\{(\w+)\}/g, (place, name) => (name in params ? said(params[name]) : place)) : text;
}

/** The message `msgid` in the page's language with `{name}` filled from `params`. */
export function t(msgid, params) {
  const found = messages[msgid];
  return fill(Array.isArray(found) ? found[0] : (found ?? msgid), params);
}

/** The form of a counted message that `n` asks for; `{n}` is filled by itself. */
export function tn(singular, plural, n, params) {
  const found = messages[singular];
  const forms = Array.isArray(found) ? found : [singular, plural];
  const language = Array.isArray(found) ? locale : "en";
  const category = language === locale ? rules.select(n) : new Intl.PluralRules("en").select(n);
  const index = PLURAL_CATEGORIES[language].indexOf(category);
  return fill(forms[index < 0 ? forms.length - 1 : index], { n, ...params });
}

/** The sentence of an error that a server sent: `{code, message, params}`. */
export function sentence(error) {
  return error?.message ? t(error.message, error.params) : t("Something went wrong. Nothing was lost; try again.");
}

/** Marks a message for extraction where it is translated later. */
export const N_ = (msgid) => msgid;
