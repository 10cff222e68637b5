import { useId } from "preact/hooks";
import { html } from "htm/preact";
import { Icon } from "./icon.js";

/** One of several: `options = [{id, label}]`, the current `value`, `onChange(id)`. The browser's own list opens. */
export function Select({ label, options, value, onChange, hint, disabled = false }) {
  const id = useId();
  return html`<div class="field"><label for=${id}>${label}</label>
    <div class="field-box select"><select id=${id} disabled=${disabled} aria-describedby=${hint ? `${id}-hint` : undefined}
      onChange=${(event) => onChange(event.target.value)}>
      ${options.map((one) => html`<option key=${one.id} value=${one.id} selected=${one.id === value}>${one.label}</option>`)}</select>
      <${Icon} name="chevron-down" /></div>
    ${hint && html`<p class="field-hint" id=${`${id}-hint`}>${hint}</p>`}</div>`;
}

/** Any of several: `options = [{id, label}]`, `value` the ids that are chosen, `onChange(ids)` in the order of the options. */
export function Choices({ label, options, value, onChange, hint }) {
  const id = useId();
  const press = (one) => onChange(options.map((other) => other.id).filter((other) => (other === one) !== value.includes(other)));
  return html`<div class="field" role="group" aria-labelledby=${id}><span class="field-name" id=${id}>${label}</span>
    <div class="choices">${options.map((one) => html`<button key=${one.id} type="button" class="choice" aria-pressed=${String(value.includes(one.id))}
      onClick=${() => press(one.id)}>${value.includes(one.id) && html`<${Icon} name="check" />`}${one.label}</button>`)}</div>
    ${hint && html`<p class="field-hint">${hint}</p>`}</div>`;
}
