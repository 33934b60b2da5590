import type { Bar } from "./sections";

const HEIGHT = 168;
const FLOOR = 20;
const TOP = 20;

/** A round number at or above the greatest, so that the grid has lines people can read. */
export function ceiling(greatest: number): number {
  if (greatest <= 0) return 1;
  const power = 10 ** Math.floor(Math.log10(greatest));
  const step = [1, 2, 2.5, 5, 10].find((factor) => factor * power >= greatest) ?? 10;
  return step * power;
}

/** Columns in time; the greatest and the latest carry their number. */
function Columns({ bars, label }: { bars: readonly Bar[]; label: string }) {
  const width = 640;
  const top = ceiling(Math.max(...bars.map((bar) => bar.value)));
  const scale = (HEIGHT - FLOOR - TOP) / top;
  const slot = width / bars.length;
  const greatest = bars.reduce((best, bar, index) => (bar.value > (bars[best]?.value ?? 0) ? index : best), 0);
  const every = Math.ceil(bars.length / 13);
  return (
    <svg viewBox={`0 0 ${width} ${HEIGHT}`} className="w-full overflow-visible" role="img" aria-label={label}>
      {[0, 0.5, 1].map((part) => {
        const y = HEIGHT - FLOOR - part * top * scale;
        return <line key={part} x1={0} x2={width} y1={y} y2={y} stroke="var(--chart-grid)" />;
      })}
      {bars.map((bar, index) => {
        const height = Math.max(0, bar.value * scale);
        const x = index * slot + slot * 0.18;
        const latest = index === bars.length - 1;
        const middle = index * slot + slot / 2;
        const edge = index === 0 ? "start" : latest ? "end" : "middle";
        const at = index === 0 ? 0 : latest ? width : middle;
        return (
          // biome-ignore lint/suspicious/noArrayIndexKey: a column is its place in time; two may carry the same label
          <g key={index}>
            <title>{`${bar.label}: ${bar.text}`}</title>
            <rect
              x={x}
              y={HEIGHT - FLOOR - height}
              width={slot * 0.64}
              height={height}
              rx={2}
              fill="var(--chart-1)"
              opacity={latest ? 0.45 : 1}
            />
            {(index === greatest || latest) && bar.value > 0 ? (
              <text
                x={at}
                y={HEIGHT - FLOOR - height - 6}
                textAnchor={edge}
                className="fill-(--ink) font-semibold text-micro tabular-nums"
              >
                {bar.text}
              </text>
            ) : null}
            {index % every === 0 || latest ? (
              <text x={middle} y={HEIGHT - 4} textAnchor="middle" className="fill-(--chart-axis) text-micro">
                {latest && index % every !== 0 && index % every < every / 2 ? "" : bar.label}
              </text>
            ) : null}
          </g>
        );
      })}
    </svg>
  );
}

/** Rows of any order, each with its number behind it. */
function Rows({ bars, label }: { bars: readonly Bar[]; label: string }) {
  const greatest = Math.max(...bars.map((bar) => bar.value), 1);
  return (
    <ul aria-label={label} className="grid grid-cols-[minmax(96px,auto)_minmax(0,1fr)] items-center gap-x-3 gap-y-1">
      {bars.slice(0, 12).map((bar) => (
        <li key={bar.label} className="contents">
          <span className="cut max-w-[180px] text-ink-2" title={bar.label}>
            {bar.label}
          </span>
          <span className="flex h-7 items-center gap-2">
            <span
              aria-hidden="true"
              className="h-[22px] min-w-px rounded-[2px] bg-chart-1"
              style={{ width: `${(Math.max(0, bar.value) / greatest) * 70}%` }}
            />
            <span data-num>{bar.text}</span>
          </span>
        </li>
      ))}
    </ul>
  );
}

export function Chart({ kind, bars, label }: { kind: "columns" | "rows"; bars: readonly Bar[]; label: string }) {
  return kind === "columns" ? <Columns bars={bars} label={label} /> : <Rows bars={bars} label={label} />;
}
