// Who changed what of a promotion, and when: its versions, the newest first.
import { dateTime } from "kit/format.js";
import { t } from "kit/i18n.js";
import { Badge, Button, Dialog, html, Status } from "kit/ui.js";
import { word } from "../words.js";
import { change, conflict, differences, take_theirs, versions } from "./draft.js";
import { part, said } from "./words.js";

const by = (row) => (row.by ? word(row.by) : t("the shop when it was opened"));

/** The versions; `onBack` puts an older one into the fields, where it can be looked at and saved as the next. */
export function History() {
  if (!versions.value.length) return html`<p class="quiet small">${t("It has no versions yet; the first one is made when you save.")}</p>`;
  const back = ({ names, benefit, conditions, lane, groups, begin, end, coupon }) => change({ names, benefit, conditions, lane, groups, begin, end, coupon });
  return html`<ol class="versions">${versions.value.map((row, place) => html`<li key=${row.version} class="stack-2">
    <p class="row wrap between"><strong>${t("Version {n}", { n: row.version })}</strong><span class="quiet small">${by(row)}, ${dateTime(row.at)}</span></p>
    ${row.changes.length === 0 && html`<p class="quiet small">${row.version === 1 ? t("The first one.") : t("Nothing was changed.")}</p>`}
    ${row.changes.map((one) => html`<p key=${one.what} class="small"><span class="quiet">${part(one.what)}:</span> ${said(one.what, one.from)} → <strong>${said(one.what, one.to)}</strong></p>`)}
    ${place > 0 && html`<div><${Button} size="small" kind="quiet" icon="undo-2" onClick=${() => back(row.body)}>${t("Put this one into the fields")}<//></div>`}</li>`)}</ol>`;
}

/** Two managers changed the same promotion: both are shown, and nobody's is overwritten without being seen. */
export function Conflict({ onMine }) {
  const theirs = conflict.value;
  const last = theirs?.versions[0];
  const keep = () => {
    take_theirs(true);
    onMine();
  };
  return html`<${Dialog} open=${Boolean(theirs)} wide title=${t("Somebody else was first")} closable=${false}
    actions=${html`<${Button} onClick=${() => take_theirs(false)}>${t("Take theirs, drop mine")}<//>
      <${Button} kind="primary" onClick=${keep}>${t("Put mine on top of theirs")}<//>`}>
    ${theirs && html`<div class="stack"><p>${t("{name} saved version {n} at {time}, while you were changing an older one. Nothing of yours is saved yet, and nothing of theirs is lost.",
      { name: by(last), n: last.version, time: dateTime(last.at) })}</p>
      <table class="table conflict"><thead><tr><th scope="col">${t("Part")}</th><th scope="col">${t("Before")}</th><th scope="col">${t("Theirs")}</th><th scope="col">${t("Yours")}</th></tr></thead>
      <tbody>${differences().map((one) => html`<tr key=${one.what}><th scope="row">${part(one.what)} ${one.they && one.we && html`<${Badge} kind="attention">${t("both")}<//>`}</th>
        <td>${said(one.what, one.before)}</td><td>${one.they ? said(one.what, one.theirs) : "–"}</td><td>${one.we ? said(one.what, one.ours) : "–"}</td></tr>`)}</tbody></table>
      <p class="quiet small">${t("On top of theirs, what only they changed stays theirs, and where both changed something yours counts. It is saved as a version of its own.")}</p></div>`}<//>`;
}

/** Why something was not done, in a sentence. */
export const Refused = ({ text }) => (text ? html`<div role="alert"><${Status} kind="trouble" label=${text} /></div>` : null);
