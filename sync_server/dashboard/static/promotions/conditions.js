// What must hold before a promotion gives anything: each condition with its fields.
import { t } from "kit/i18n.js";
import { Button, Choices, Field, html, Select } from "kit/ui.js";
import { Digits, Money } from "../amounts.js";
import { word } from "../words.js";
import { all_goods, change, draft, words } from "./draft.js";
import { Goods } from "./goods.js";
import { channels, weekdays } from "./words.js";

const FRESH = {
  spend: () => ({ at_least: 2000, on: all_goods(), kind: "spend" }),
  units: () => ({ at_least: 2, on: all_goods(), kind: "units" }),
  hours: () => ({ weekdays: [1, 2, 3, 4, 5], begin: 0, end: 1440, kind: "hours" }),
  stores: () => ({ any_of: words.value.stores.slice(0, 1).map((one) => one.id), kind: "stores" }),
  channels: () => ({ any_of: ["online"], kind: "channels" }),
  tiers: () => ({ any_of: words.value.tiers.slice(0, 1).map((one) => one.id), kind: "tiers" }),
  groups: () => ({ any_of: words.value.groups.slice(0, 1), kind: "groups" }),
  known_shopper: () => ({ kind: "known_shopper" }),
  first_purchase: () => ({ kind: "first_purchase" }),
};
const KINDS = () => [
  { id: "", label: t("Add a condition") },
  { id: "spend", label: t("Something was spent") }, { id: "units", label: t("So many pieces") }, { id: "hours", label: t("Weekdays and hours") },
  { id: "stores", label: t("At certain stores") }, { id: "channels", label: t("At the till, the kiosk or online") }, { id: "tiers", label: t("Tier of the shopper") },
  { id: "groups", label: t("Group of the shopper") }, { id: "known_shopper", label: t("The shopper is known") }, { id: "first_purchase", label: t("First purchase") },
];
const name_of = (kind) => KINDS().find((one) => one.id === kind)?.label ?? kind;

const minute = (text) => text.split(":").reduce((sum, part) => sum * 60 + Number(part), 0);
const clock = (value) => `${String(Math.floor(value / 60)).padStart(2, "0")}:${String(value % 60).padStart(2, "0")}`;

const FIELDS = {
  spend: (c, set) => html`<${Money} label=${t("At least")} currency=${words.value.currency} value=${c.at_least} onChange=${(at_least) => set({ at_least })} />
    <${Goods} label=${t("Of these goods")} value=${c.on} onChange=${(on) => set({ on })} />`,
  units: (c, set) => html`<${Digits} label=${t("At least")} value=${c.at_least} least=${1} most=${1000} onChange=${(at_least) => set({ at_least })} />
    <${Goods} label=${t("Of these goods")} value=${c.on} onChange=${(on) => set({ on })} />`,
  hours: (c, set) => html`<${Choices} label=${t("Weekdays")} options=${weekdays()} value=${c.weekdays.map(String)} hint=${t("None chosen is every day.")}
      onChange=${(days) => set({ weekdays: days.map(Number) })} />
    <div class="pair"><${Field} type="time" label=${t("From")} value=${clock(c.begin)} onInput=${(text) => text && set({ begin: minute(text) })} />
    <${Field} type="time" label=${t("Until")} value=${clock(c.end % 1440)} hint=${t("By the clock of each store; 00:00 is the end of the day.")} onInput=${(text) => text && set({ end: minute(text) || 1440 })} /></div>`,
  stores: (c, set) => html`<${Choices} label=${t("Stores")} options=${words.value.stores.map((one) => ({ id: one.id, label: word(one.names) }))} value=${c.any_of} onChange=${(any_of) => set({ any_of })} />`,
  channels: (c, set) => html`<${Choices} label=${t("Where")} options=${channels()} value=${c.any_of} onChange=${(any_of) => set({ any_of })} />`,
  tiers: (c, set) => (words.value.tiers.length
    ? html`<${Choices} label=${t("Tiers")} options=${words.value.tiers.map((one) => ({ id: one.id, label: word(one.names) }))} value=${c.any_of} onChange=${(any_of) => set({ any_of })} />`
    : html`<p class="quiet small">${t("The loyalty programme has no tiers yet, so this never holds.")}</p>`),
  groups: (c, set) => html`<${Field} label=${t("Groups")} value=${c.any_of.join(", ")} hint=${t("Names with commas between them; one of them is enough.")}
    onInput=${(text) => set({ any_of: text.split(",").map((one) => one.trim()).filter(Boolean) })} />`,
};

/** All conditions of the draft, each of which must hold. */
export function ConditionFields() {
  const all = draft.value.conditions;
  const put = (place, part) => change({ conditions: all.map((one, i) => (i === place ? { ...one, ...part } : one)) });
  return html`${all.length === 0 && html`<p class="quiet small">${t("None: whoever has these goods gets it.")}</p>`}
    ${all.map((one, i) => html`<div class="condition stack-2" key=${`${i}${one.kind}`}><div class="row between"><h3>${name_of(one.kind)}</h3>
      <${Button} kind="quiet" icon="trash-2" label=${t("Remove {name}", { name: name_of(one.kind) })} onClick=${() => change({ conditions: all.filter((_, other) => other !== i) })} /></div>
      ${FIELDS[one.kind]?.(one, (part) => put(i, part))}</div>`)}
    <${Select} label=${t("Another condition")} options=${KINDS()} value="" onChange=${(kind) => kind && change({ conditions: [...all, FRESH[kind]()] })} />`;
}
