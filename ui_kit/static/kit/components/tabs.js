import { useEffect, useId, useRef } from "preact/hooks";
import { html } from "htm/preact";
import { Icon } from "./icon.js";

/** Tabs: `items = [{id, label, icon?, count?}]`, the current `value`, `onChange(id)`. `look`: "line", "pills", "bar" (a phone's bottom bar). */
export function Tabs({ items, value, onChange, label, look = "line" }) {
  const group = useId();
  const frame = useRef(null);
  useEffect(() => {
    // Where more tabs are than fit, the one that is open is among those that are seen.
    const tab = frame.current.querySelector("[aria-selected=true]")?.getBoundingClientRect();
    const box = frame.current.getBoundingClientRect();
    if (tab && (tab.left < box.left || tab.right > box.right)) frame.current.scrollLeft += tab.left - box.left - (box.width - tab.width) / 2;
  }, [value]);
  const move = (event) => {
    const step = { ArrowRight: 1, ArrowLeft: -1 }[event.key];
    const end = { Home: 0, End: items.length - 1 }[event.key];
    if (step === undefined && end === undefined) return;
    event.preventDefault();
    const now = items.findIndex((item) => item.id === value);
    const next = items[end ?? (now + step + items.length) % items.length];
    onChange(next.id);
    document.getElementById(`${group}-${next.id}`)?.focus();
  };
  return html`<div class=${`tabs look-${look}`} role="tablist" aria-label=${label} onKeyDown=${move} ref=${frame}>
    ${items.map((item) => html`<button key=${item.id} type="button" role="tab" id=${`${group}-${item.id}`} class="tab"
      aria-selected=${String(item.id === value)} tabindex=${item.id === value ? 0 : -1} onClick=${() => onChange(item.id)}>
      ${item.icon && html`<${Icon} name=${item.icon} />`}<span>${item.label}</span>
      ${item.count ? html`<span class="tab-count amount">${item.count}</span>` : null}</button>`)}
  </div>`;
}
