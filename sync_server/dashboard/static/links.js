// When a terminal was connected: a strip of the last hours, and the same in a sentence.
import { time } from "kit/format.js";
import { t, tn } from "kit/i18n.js";
import { html } from "kit/ui.js";
import { span } from "./words.js";

const HOURS_MS = 6 * 3_600_000;
const [WIDTH, HEIGHT, THIN] = [720, 16, 3];

/** The times of connection within the strip, those that overlap joined: `[[from, to], …]`, oldest first. */
export function periods(links, now) {
  const joined = [];
  for (const { since, until } of [...links].sort((one, other) => one.since - other.since)) {
    const [from, to] = [Math.max(since, now - HOURS_MS), until || now];
    const last = joined.at(-1);
    if (to < now - HOURS_MS) continue;
    if (last && from <= last[1]) last[1] = Math.max(last[1], to);
    else joined.push([from, to]);
  }
  return joined;
}

function told(found, online, now) {
  if (!found.length) return t("Not connected in the last six hours.");
  const lost = found.length - 1 + (online ? 0 : 1);
  const [from, to] = found.at(-1);
  const current = online ? t("Connected since {time}.", { time: time(from) }) : t("Away since {time}, for {span}.", { time: time(to), span: span(now - to) });
  return lost ? `${current} ${tn("Lost once in six hours.", "Lost {n} times in six hours.", lost, { n: lost })}` : current;
}

/** The strip alone, or with its sentence below it (`words`). */
export function Links({ row, now, words = false }) {
  const found = periods(row.links, now);
  const text = told(found, row.online, now);
  const x = (at) => ((at - now + HOURS_MS) / HOURS_MS) * WIDTH;
  return html`<div class="links"><svg class="link-strip" viewBox=${`0 0 ${WIDTH} ${HEIGHT}`} preserveAspectRatio="none" role="img" aria-label=${text}>
      <rect class="link-away" x="0" y=${HEIGHT - THIN} width=${WIDTH} height=${THIN} />
      ${found.map(([from, to]) => html`<rect key=${from} class="link-here" x=${x(from)} y="0" width=${Math.max(2, x(to) - x(from))} height=${HEIGHT} />`)}
    </svg>${words && html`<p class="small">${text}</p>`}</div>`;
}
