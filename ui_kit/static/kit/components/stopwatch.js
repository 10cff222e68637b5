import { useEffect, useState } from "preact/hooks";
import { html } from "htm/preact";
import { t } from "../i18n.js";
import { Icon } from "./icon.js";

/** Ms from a moment (`since`, server time: the `at` of a scan) until this screen showed it.
 *
 * `now()` is the clock of the link (`link.now`). It is read in the frame after the paint that followed the change.
 * `onMeasure(ms, since)` hears each measure; it also stands in `data-ms`.
 */
export function Stopwatch({ since, now = Date.now, label = t("from scan to this screen"), onMeasure }) {
  const [ms, setMs] = useState(null);
  useEffect(() => {
    if (!since) return undefined;
    let later = 0;
    const first = requestAnimationFrame(() => {
      // The callback of the next frame runs when the frame with the change has been handed over for painting.
      later = requestAnimationFrame(() => {
        const measured = Math.max(0, Math.round(now() - since));
        setMs(measured);
        onMeasure?.(measured, since);
      });
    });
    return () => { cancelAnimationFrame(first); cancelAnimationFrame(later); };
  }, [since]);
  return html`<span class="stopwatch amount" data-ms=${ms ?? undefined}><${Icon} name="zap" />
    ${ms === null ? "–" : t("{ms} ms", { ms })} <span class="stopwatch-label">${label}</span></span>`;
}
