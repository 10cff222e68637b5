// How long a scan takes to a phone's screen, minute by minute: half of them, and all but one of a hundred.
import { number, time } from "kit/format.js";
import { t } from "kit/i18n.js";
import { Empty, Figure, html, useWidth } from "kit/ui.js";
import { now } from "./feed.js";

const MINUTE = 60_000;
const SHOWN_MS = 3 * 3_600_000;
const NARROW = 480;
const TICKS = [10, 100, 1000, 10_000, 100_000];
const [HEIGHT, LEFT, RIGHT, TOP, FOOT] = [220, 56, 12, 12, 24];
const READERS_ROWS = 15;

const ms = (value) => t("{n} ms", { n: number(value) });

// A minute without scans has no time, so the line is interrupted there; a lonely minute is a dot.
function runs(minutes) {
  const found = [];
  for (const one of minutes) {
    if (found.length && one.at - found.at(-1).at(-1).at === MINUTE) found.at(-1).push(one);
    else found.push([one]);
  }
  return found;
}

function Line({ minutes, key_, x, y }) {
  return runs(minutes).map((run) => (run.length === 1
    ? html`<circle key=${run[0].at} class=${`latency-dot ${key_}`} cx=${x(run[0].at)} cy=${y(run[0][key_])} r="2.5" />`
    : html`<path key=${run[0].at} class=${`latency-line ${key_}`} d=${run.map((one, i) => `${i ? "L" : "M"}${x(one.at).toFixed(1)} ${y(one[key_]).toFixed(1)}`).join("")} />`));
}

function Picture({ minutes, from, to }) {
  const [frame, width] = useWidth();
  const top = TICKS.find((tick) => minutes.every((one) => one.p99 <= tick)) ?? TICKS.at(-1);
  const x = (at) => LEFT + ((at - from) / (to - from)) * (width - LEFT - RIGHT);
  // Powers of ten: a slow scan among quick ones is seen without flattening the quick ones.
  const y = (value) => TOP + (HEIGHT - TOP - FOOT) * (1 - Math.log10(Math.min(top, Math.max(1, value))) / Math.log10(top));
  const step = (width < NARROW ? 60 : 30) * MINUTE;
  const marks = [];
  for (let at = Math.ceil(from / step) * step; at < to; at += step) marks.push(at);
  return html`<figure class="chart" ref=${frame}><svg viewBox=${`0 0 ${width} ${HEIGHT}`} aria-hidden="true">
      ${[1, ...TICKS.filter((tick) => tick <= top)].map((tick) => html`<g key=${tick}><line class="chart-grid" x1=${LEFT} x2=${width - RIGHT} y1=${y(tick)} y2=${y(tick)} />
        <text class="chart-text end" x=${LEFT - 8} y=${y(tick) + 4}>${ms(tick)}</text></g>`)}
      ${marks.map((at) => html`<text key=${at} class="chart-text middle" x=${x(at)} y=${HEIGHT - 6}>${time(at)}</text>`)}
      <${Line} minutes=${minutes} key_="p99" x=${x} y=${y} /><${Line} minutes=${minutes} key_="p50" x=${x} y=${y} />
    </svg>
    <figcaption class="latency-key small"><span class="p50">${t("half of the scans")}</span><span class="p99">${t("99 of 100 scans")}</span></figcaption>
    <div class="seen-by-readers"><table><caption>${t("Scan to phone, the newest minutes")}</caption>
      <tbody>${minutes.slice(-READERS_ROWS).map((one) => html`<tr key=${one.at}><th scope="row">${time(one.at)}</th><td>${ms(one.p50)}</td><td>${ms(one.p99)}</td></tr>`)}</tbody></table></div>
  </figure>`;
}

/** The chart of the last hours; it moves on with the clock by itself. */
export function Latency({ rows }) {
  const to = Math.floor(now.value / MINUTE) * MINUTE;
  const from = to - SHOWN_MS;
  const minutes = Object.values(rows).filter((one) => one.at >= from).sort((one, other) => one.at - other.at);
  const last = minutes.at(-1);
  return html`<section class="panel stack"><h2>${t("Scan to phone")}</h2>
    <p class="quiet small">${t("How old a scan at a till is when the shopper's phone shows it, as the phones measure it.")}</p>
    ${last
      ? html`<div class="figures">
          <${Figure} label=${t("Half within")} value=${ms(last.p50)} note=${t("in the minute from {time}", { time: time(last.at) })} />
          <${Figure} label=${t("99 of 100 within")} value=${ms(last.p99)} note=${t("{n} scans counted", { n: number(last.count) })} /></div>
        <${Picture} minutes=${minutes} from=${from} to=${to} />`
      : html`<${Empty} icon="chart-line" title=${t("No scan was shown on a phone yet")}>${t("The first phone that shows a scan draws the first point.")}<//>`}</section>`;
}
