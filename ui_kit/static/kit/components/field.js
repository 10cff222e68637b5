import { useId } from "preact/hooks";
import { html } from "htm/preact";
import { t } from "../i18n.js";
import { Button } from "./button.js";
import { Icon } from "./icon.js";

/** A labelled input. `hint` explains, `error` says what is wrong and what to do; other props go to `<input>`. */
export function Field({ label, hint, error, icon, end, value, onInput, type = "text", large = false, ...rest }) {
  const id = useId();
  const described = error ? `${id}-error` : hint ? `${id}-hint` : undefined;
  return html`<div class=${`field ${error ? "wrong" : ""} ${large ? "large" : ""}`}>
    <label for=${id}>${label}</label>
    <div class="field-box">${icon && html`<${Icon} name=${icon} />`}
      <input id=${id} type=${type} value=${value} aria-describedby=${described} aria-invalid=${error ? "true" : undefined}
        onInput=${(event) => onInput?.(event.target.value)} ...${rest} />${end}</div>
    ${error ? html`<p class="field-error" id=${`${id}-error`} role="alert"><${Icon} name="circle-alert" />${error}</p>`
      : hint && html`<p class="field-hint" id=${`${id}-hint`}>${hint}</p>`}
  </div>`;
}

/** A search field: `onInput(text)` at each key, `onSubmit(text)` at Enter; Esc clears. */
export function Search({ value, onInput, onSubmit, label = t("Search"), placeholder = label, busy = false, ...rest }) {
  const pressed = (event) => {
    if (event.key === "Enter") onSubmit?.(event.target.value);
    if (event.key === "Escape" && value) {
      event.stopPropagation();
      event.preventDefault();
      onInput("");
    }
  };
  return html`<div class="search" role="search"><${Icon} name=${busy ? "loader-circle" : "search"} size=${busy ? "turning" : ""} />
    <input type="text" inputmode="search" enterkeyhint="search" autocomplete="off" spellcheck=${false} aria-label=${label}
      placeholder=${placeholder} value=${value} onInput=${(event) => onInput(event.target.value)} onKeyDown=${pressed} ...${rest} />
    ${value && html`<${Button} kind="quiet" icon="x" label=${t("Clear")} onClick=${() => onInput("")} />`}</div>`;
}

/** On or off: `checked`, `onChange(checked)`; `label` stands beside it. */
export function Switch({ label, checked, onChange, disabled = false }) {
  return html`<button type="button" role="switch" class="switch" aria-checked=${String(Boolean(checked))} disabled=${disabled}
    onClick=${() => onChange(!checked)}><span class="switch-track" aria-hidden="true"></span><span>${label}</span></button>`;
}
