import { useEffect, useRef, useState } from "preact/hooks";
import { html } from "htm/preact";

const [FIRST_WIDTH, HEIGHT, LEFT, RIGHT, TOP, FOOT] = [640, 200, 8, 8, 20, 24];
const MAX_LABELS = 12;
const LABEL_WIDTH = 36;

/** `[ref, width]` of an element: a chart is drawn at the size it has, so that its words are as large as other words. */
export function useWidth() {
  const frame = useRef(null);
  const [width, setWidth] = useState(FIRST_WIDTH);
  useEffect(() => {
    const observer = new ResizeObserver(([entry]) => setWidth(Math.max(120, Math.round(entry.contentRect.width))));
    observer.observe(frame.current);
    return () => observer.disconnect();
  }, []);
  return [frame, width];
}

function path(values, x, y) {
  return values.map((value, i) => `${i ? "L" : "M"}${x(i)} ${y(value)}`).join("");
}

/** A small chart. `kind`: "bar" or "line"; `points = [{label, value}]` (numbers for drawing); `format(value)` makes words.
 *  `label` says what it shows; a hidden table holds the same figures for readers. */
export function Chart({ kind = "bar", points, label, format = String }) {
  const [frame, width] = useWidth();
  const top = Math.max(1, ...points.map((point) => point.value));
  const step = (width - LEFT - RIGHT) / Math.max(1, points.length);
  const x = (i) => LEFT + step * (i + 0.5);
  const y = (value) => TOP + (HEIGHT - TOP - FOOT) * (1 - value / top);
  const every = Math.ceil(points.length / Math.min(MAX_LABELS, width / LABEL_WIDTH));
  const thick = Math.min(36, step * 0.64);
  const bars = () => points.map((point, i) => html`<rect key=${i} class="chart-bar" x=${x(i) - thick / 2} width=${thick} rx="3"
    y=${y(point.value)} height=${Math.max(point.value ? 1 : 0, HEIGHT - FOOT - y(point.value))}><title>${point.label}: ${format(point.value)}</title></rect>`);
  const line = () => html`<path class="chart-line" d=${path(points.map((p) => p.value), x, y)} />
    ${points.map((point, i) => html`<circle key=${i} class="chart-dot" cx=${x(i)} cy=${y(point.value)} r="3"><title>${point.label}: ${format(point.value)}</title></circle>`)}`;
  return html`<figure class="chart" ref=${frame}><svg viewBox=${`0 0 ${width} ${HEIGHT}`} aria-hidden="true">
      ${[0, 0.5, 1].map((part) => html`<line key=${part} class="chart-grid" x1=${LEFT} x2=${width - RIGHT} y1=${y(top * part)} y2=${y(top * part)} />`)}
      <text class="chart-text" x=${LEFT} y=${TOP - 6}>${format(top)}</text>
      ${kind === "line" ? line() : bars()}
      ${points.map((point, i) => (i % every ? null : html`<text key=${i} class="chart-text middle" x=${x(i)} y=${HEIGHT - 6}>${point.label}</text>`))}
    </svg><table class="seen-by-readers"><caption>${label}</caption><tbody>${points.map((point) => html`<tr><th scope="row">${point.label}</th><td>${format(point.value)}</td></tr>`)}</tbody></table>
  </figure>`;
}
