// The fields of a loyalty programme: what is earned, when it counts, what it is worth, what is too fast.
import { t } from "kit/i18n.js";
import { Button, Choices, html, Select } from "kit/ui.js";
import { Digits, Money } from "../amounts.js";
import { Finder } from "../promotions/goods.js";
import { goods, words } from "../promotions/draft.js";
import { word } from "../words.js";

const ONCE = 1000;

function Multiplier({ one, onChange, onRemove }) {
  const aisles = words.value.departments.map(({ id, names }) => ({ id, label: word(names) }));
  const set = (part) => onChange({ ...one, ...part });
  return html`<div class="condition stack-2"><div class="row between"><h3>${t("Other goods, other points")}</h3><${Button} kind="quiet" icon="trash-2" label=${t("Remove this rule")} onClick=${onRemove} /></div>
    <${Digits} label=${t("Times the points")} digits=${3} value=${one.times} most=${100 * ONCE} hint=${t("2 doubles them, 0 gives none.")} onChange=${(times) => set({ times })} />
    <${Choices} label=${t("Departments")} options=${aisles} value=${one.departments} onChange=${(departments) => set({ departments })} />
    <${Finder} label=${t("Add a product")} onChoose=${(found) => !one.products.includes(found.id) && set({ products: [...one.products, found.id] })} />
    ${one.products.length > 0 && html`<ul class="named">${one.products.map((id) => html`<li key=${id}>${word(goods.value[id]?.names) || id}
      <${Button} kind="quiet" size="small" icon="x" label=${t("Remove {name}", { name: word(goods.value[id]?.names) || id })} onClick=${() => set({ products: one.products.filter((other) => other !== id) })} /></li>`)}</ul>`}</div>`;
}

export function Earning({ value, change, currency }) {
  const rules = value.multipliers;
  const put = (place, one) => change({ multipliers: rules.map((other, i) => (i === place ? one : other)) });
  const fresh = () => ({ id: `rule-${Math.max(0, ...rules.map((one) => Number(one.id.replace(/\D/g, "")) || 0)) + 1}`, times: 2 * ONCE, departments: [], products: [] });
  return html`<section class="panel stack"><h2>${t("What is earned")}</h2><div class="pair"><${Digits} label=${t("Points")} value=${value.points} most=${100_000} onChange=${(points) => change({ points })} />
    <${Money} label=${t("For each whole")} currency=${currency} value=${value.per} least=${1} onChange=${(per) => change({ per })} /></div>
    ${rules.map((one, i) => html`<${Multiplier} key=${one.id} one=${one} onChange=${(next) => put(i, next)} onRemove=${() => change({ multipliers: rules.filter((_, other) => other !== i) })} />`)}
    <div><${Button} kind="quiet" icon="plus" onClick=${() => change({ multipliers: [...rules, fresh()] })}>${t("A rule for some goods")}<//></div></section>`;
}

const ENDS = () => [{ id: "month_end", label: t("At the end of a month") }, { id: "months", label: t("After months, to the day") }, { id: "never", label: t("Never") }];

export const Terms = ({ value, change }) => html`<section class="panel stack"><h2>${t("When points count")}</h2>
  <${Digits} label=${t("Days until they can be spent")} value=${value.pending_days} most=${365} hint=${t("As long as goods can be returned, say; 0 is at once.")} onChange=${(pending_days) => change({ pending_days })} />
  <div class="pair"><${Select} label=${t("They end")} options=${ENDS()} value=${value.expiry} onChange=${(expiry) => change({ expiry })} />
  ${value.expiry !== "never" && html`<${Digits} label=${t("After so many months")} value=${value.expiry_months} least=${1} most=${1200} onChange=${(expiry_months) => change({ expiry_months })} />`}</div></section>`;

const MISSING = () => [{ id: "debt", label: t("They are owed") }, { id: "withhold", label: t("Their worth is taken off the refund") }];

export const Spending = ({ value, change, currency }) => html`<section class="panel stack"><h2>${t("What points are worth")}</h2>
  <div class="pair"><${Digits} label=${t("So many points")} value=${value.worth_points} least=${1} most=${1_000_000} onChange=${(worth_points) => change({ worth_points })} />
  <${Money} label=${t("Pay")} currency=${currency} value=${value.worth} least=${1} onChange=${(worth) => change({ worth })} /></div>
  <${Select} label=${t("Returned goods whose points are spent")} options=${MISSING()} value=${value.missing} onChange=${(missing) => change({ missing })} />
  <${Digits} label=${t("Points a card may spend alone in 24 hours")} value=${value.approve_above} most=${1_000_000} hint=${t("More needs the customer's word on the phone, or a manager's PIN; 0 is no limit.")} onChange=${(approve_above) => change({ approve_above })} />
  <${Digits} label=${t("Points a till may take without the hub, at most")} value=${value.allowance_points_max} most=${1_000_000} onChange=${(allowance_points_max) => change({ allowance_points_max })} /></section>`;

const LIMITS = () => [
  ["sales_a_day", t("Sales of one card a day")], ["sales_a_day_of_one_cashier", t("Sales of one card a day with one cashier")], ["points_a_day", t("Points earned a day")],
  ["burns_an_hour", t("Payments with points an hour")], ["burned_a_day", t("Points spent a day")],
];

export const Limits = ({ value, change }) => html`<section class="panel stack"><h2>${t("What is too fast")}</h2>
  <p class="quiet small">${t("Earning beyond a limit is shown to a person; spending beyond one is refused. 0 is no limit.")}</p>
  <div class="pair level">${LIMITS().map(([name, label]) => html`<${Digits} key=${name} label=${label} value=${value.limits[name]} most=${10_000_000} onChange=${(most) => change({ limits: { ...value.limits, [name]: most } })} />`)}</div></section>`;
