import { createContext } from "preact";
import { useContext, useEffect, useRef } from "preact/hooks";
import { html } from "htm/preact";
import { Amount } from "./amount.js";
import { Badge } from "./status.js";

const Settled = createContext(null);

/** A list of lines. Lines that come after its first paint glow once; those that were there from the start do not.
 *  `follow` keeps the newest line in sight. */
export function Lines({ children, label, follow = false }) {
  const settled = useRef(false);
  const list = useRef(null);
  const count = [children].flat(Infinity).filter(Boolean).length;
  const seen = useRef(count);
  useEffect(() => { settled.current = true; }, []);
  useEffect(() => {
    // Only the list scrolls, and only for something new: what is on screen does not jump.
    if (follow && count > seen.current) list.current.scrollTop = list.current.scrollHeight;
    seen.current = count;
  }, [count]);
  return html`<${Settled.Provider} value=${settled}><ul class="lines" aria-label=${label} ref=${list}
    tabindex=${follow ? 0 : undefined}>${children}</ul><//>`;
}

/** One line: `count` and `title`, a quiet `note`, `unit_price` and `total` (amounts), `before` struck through.
 *
 * `pending` is lighter until it is confirmed; `selected` marks the current one; `picture` is an image address; `badge`
 * stands beside the title; `reasons` (texts) say why it costs less; `extra` under the note; children (a stepper, a button) stand before the total. With
 * `onSelect` the whole line can be pressed and reached by keyboard.
 */
export function Line({ count, title, note, unit_price, total, before, picture, badge, reasons = [], extra, pending = false, selected = false, onSelect, children }) {
  const settled = useContext(Settled);
  const fresh = useRef(settled?.current === true);
  const names = ["line", fresh.current && "fresh", pending && "pending", selected && "selected", onSelect && "selectable"].filter(Boolean).join(" ");
  const text = html`${count !== undefined && html`<span class="line-count amount">${count}</span>`}
    ${picture && html`<img class="line-picture" src=${picture} alt="" loading="lazy" />`}
    <span class="line-text"><span class="line-title">${title}${badge}</span>
      ${note && html`<span class="line-note">${note}</span>`}
      ${reasons.length > 0 && html`<span class="line-reasons">${reasons.map((text) => html`<${Badge} key=${text} kind="good" icon="tag">${text}<//>`)}</span>`}${extra}</span>
    ${unit_price && html`<span class="line-unit"><${Amount} value=${unit_price} size=${14} quiet plain /></span>`}`;
  const sum = html`<span class="line-total"><${Amount} value=${total} before=${before} strong plain /></span>`;
  return html`<li class=${names} aria-current=${selected ? "true" : undefined}>
    ${onSelect ? html`<button type="button" class="line-body" onClick=${onSelect}>${text}${!children && sum}</button>`
      : html`<div class="line-body">${text}${!children && sum}</div>`}
    ${children && html`<span class="line-actions">${children}</span>${sum}`}
  </li>`;
}
