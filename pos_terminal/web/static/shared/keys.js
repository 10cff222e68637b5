// Keys of the whole page: the newest handler hears first and alone, so a dialog's keys are not the page's.
import { useLayoutEffect, useRef } from "preact/hooks";

const handlers = [];
let hearing = false;

const inField = (element) => element instanceof HTMLInputElement || element instanceof HTMLTextAreaElement;
const FIELD_KEYS = new Set(["Enter", "Escape", "ArrowUp", "ArrowDown", "PageUp", "PageDown"]);

function pressed(event) {
  if (event.isComposing || event.defaultPrevented) return;
  // In a field letters, digits and Delete are its own; function keys and Enter are the page's everywhere.
  if (inField(event.target) && !FIELD_KEYS.has(event.key) && !/^F\d/.test(event.key)) return;
  // A button that was reached with Tab is pressed by Enter and Space, as everywhere.
  const focused = event.target.closest?.("button, a, [role=tab]");
  if (focused?.matches(":focus-visible") && (event.key === "Enter" || event.key === " " || /^Arrow/.test(event.key))) return;
  if (handlers.at(-1)?.current(event)) {
    event.preventDefault();
    event.stopPropagation();
  }
}

/** Hear keys while the component is there. `handler(event)` answers true where the key was its own. */
export function useKeys(handler) {
  const kept = useRef(handler);
  kept.current = handler;
  // With the page, not after its first paint: a quick hand types the cash as soon as it sees where.
  useLayoutEffect(() => {
    handlers.push(kept);
    // Only now, so that the wedge listener of the page comes first and keeps a scan's keys from being typed.
    if (!hearing) window.addEventListener("keydown", pressed, true);
    hearing = true;
    return () => { handlers.splice(handlers.indexOf(kept), 1); };
  }, []);
}

/** A pointer must not leave the focus on a button: the next Enter would press it again instead of paying. */
export function keepFocus(event) {
  if (!event.target.closest("input, textarea")) event.preventDefault();
}
