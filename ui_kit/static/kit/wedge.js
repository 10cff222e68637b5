// A keyboard-wedge scanner that needs no focus: it is heard wherever the focus is, and typing is left alone.
import { createReader } from "./wedge_reader.js";

function editable(element) {
  return element instanceof HTMLInputElement || element instanceof HTMLTextAreaElement;
}

/** Call `onScan(text)` for every scan typed by a wedge; `options` are those of `createReader`. Returns a stop function.
 *
 * What a scan typed into a field is taken out again when the scan is recognised.
 */
export function listen(onScan, options) {
  const reader = createReader(options);
  let before = null;

  function restore() {
    if (!before || before.field.value === before.value) return;
    before.field.value = before.value;
    before.field.dispatchEvent(new Event("input", { bubbles: true }));
  }

  function pressed(event) {
    if (event.isComposing || event.repeat || event.ctrlKey || event.altKey || event.metaKey) return;
    const field = event.target;
    const value = editable(field) ? field.value : null;
    const answer = reader.press({ code: event.code, shift: event.shiftKey, at: event.timeStamp });
    if (reader.started()) before = value === null ? null : { field, value };
    // In a field nothing is held back before it is surely a scan: what came in is taken out again by `restore`.
    if (answer.swallow && (value === null || answer.scan !== null)) {
      event.preventDefault();
      event.stopImmediatePropagation();
    }
    if (answer.scan !== null) {
      restore();
      onScan(answer.scan);
    }
  }

  // Capturing on the window comes before any component, so Enter at the end of a scan never presses a button.
  window.addEventListener("keydown", pressed, true);
  return () => window.removeEventListener("keydown", pressed, true);
}
