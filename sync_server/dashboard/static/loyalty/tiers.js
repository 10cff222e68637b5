// The tiers of a loyalty programme: what counts, for how long, and from which floor on each is reached.
import { t } from "kit/i18n.js";
import { Button, Field, html, Select, Switch } from "kit/ui.js";
import { Digits, Money } from "../amounts.js";

const METRICS = () => [{ id: "spend", label: t("What was spent") }, { id: "points", label: t("Points earned") }, { id: "visits", label: t("Visits") }];
const WINDOWS = () => [{ id: "rolling", label: t("In the last 365 days") }, { id: "calendar", label: t("In a calendar year; it lasts through the next") }];
const FIRST = { tiers: [{ id: "silver", names: { en: "Silver", ru: "Серебро" }, floor: 50_000 }, { id: "gold", names: { en: "Gold", ru: "Золото" }, floor: 200_000 }], metric: "spend", window: "rolling", grace_days: 30 };

const slug = (text, taken) => {
  const name = text.toLowerCase().replace(/[^a-z0-9]+/g, "-").replace(/^-|-$/g, "") || "tier";
  return taken.includes(name) ? slug(`${name}-${taken.length + 1}`, taken) : name;
};

function Tier({ one, metric, currency, onChange, onRemove }) {
  const set = (part) => onChange({ ...one, ...part });
  return html`<div class="condition stack-2"><div class="pair"><${Field} label=${t("In English")} value=${one.names.en ?? ""} maxlength="30" onInput=${(en) => set({ names: { ...one.names, en } })} />
      <${Field} label=${t("In Russian")} value=${one.names.ru ?? ""} maxlength="30" onInput=${(ru) => set({ names: { ...one.names, ru } })} />
      ${metric === "spend"
        ? html`<${Money} key="money" label=${t("From")} currency=${currency} value=${one.floor} least=${1} onChange=${(floor) => set({ floor })} />`
        : html`<${Digits} key="count" label=${t("From")} value=${one.floor} least=${1} onChange=${(floor) => set({ floor })} />`}</div>
    <div><${Button} kind="quiet" icon="trash-2" onClick=${onRemove}>${t("Remove this tier")}<//></div></div>`;
}

export function TierFields({ value, change, currency }) {
  const rule = value.tiers;
  const set = (part) => change({ tiers: { ...rule, ...part } });
  const put = (place, one) => set({ tiers: rule.tiers.map((other, i) => (i === place ? one : other)) });
  const more = () => {
    const taken = rule.tiers.map((one) => one.id);
    set({ tiers: [...rule.tiers, { id: slug("tier", taken), names: { en: "", ru: "" }, floor: (rule.tiers.at(-1)?.floor ?? 0) * 2 || 1 }] });
  };
  return html`<section class="panel stack"><div class="row between wrap"><h2>${t("Tiers")}</h2><${Switch} label=${t("There are tiers")} checked=${Boolean(rule)} onChange=${(on) => change({ tiers: on ? FIRST : null })} /></div>
    ${rule && html`<div class="pair"><${Select} label=${t("What counts")} options=${METRICS()} value=${rule.metric} onChange=${(metric) => set({ metric })} />
      <${Select} label=${t("For how long")} options=${WINDOWS()} value=${rule.window} onChange=${(window) => set({ window })} /></div>
      <${Digits} label=${t("Days of grace")} value=${rule.grace_days} most=${365} hint=${t("So long may a floor be missed before somebody goes down a step.")} onChange=${(grace_days) => set({ grace_days })} />
      ${rule.tiers.map((one, i) => html`<${Tier} key=${one.id} one=${one} metric=${rule.metric} currency=${currency} onChange=${(next) => put(i, next)}
        onRemove=${() => set({ tiers: rule.tiers.filter((_, other) => other !== i) })} />`)}
      <div><${Button} kind="quiet" icon="plus" onClick=${more}>${t("Another tier")}<//></div>`}</section>`;
}
