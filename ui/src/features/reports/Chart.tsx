import { cx } from "../../lib/cx";
import { shortNumber } from "../../lib/format";
import type { Bar } from "./sections";

/** A round number at or above the greatest, so that the grid has lines people can read. */
export function ceiling(greatest: number): number {
  if (greatest <= 0) return 1;
  const power = 10 ** Math.floor(Math.log10(greatest));
  const step = [1, 2, 2.5, 5, 10].find((factor) => factor * power >= greatest) ?? 10;
  return step * power;
}

/** Columns in time; the greatest and the latest carry their number, the others tell theirs on hover. */
function Columns({ bars, label, running }: { bars: readonly Bar[]; label: string; running: boolean }) {
  const top = ceiling(Math.max(...bars.map((bar) => bar.value)));
  const greatest = bars.reduce((best, bar, index) => (bar.value > (bars[best]?.value ?? 0) ? index : best), 0);
  const every = Math.ceil(bars.length / 13);
  return (
    <div role="img" aria-label={label}>
      <div className="relative mt-6 ml-14 flex h-[160px] items-end">
        {[0, 0.25, 0.5, 0.75, 1].map((share) => (
          <span
            key={share}
            aria-hidden="true"
            className="absolute inset-x-0 h-px bg-chart-grid"
            style={{ bottom: `${share * 100}%` }}
          >
            {share % 0.5 === 0 ? (
              <span data-num className="-translate-y-1/2 absolute right-full mr-2.5 text-(--chart-axis) text-micro">
                {shortNumber(top * share)}
              </span>
            ) : null}
          </span>
        ))}
        {bars.map((bar, index) => {
          const latest = index === bars.length - 1;
          return (
            <span
              // biome-ignore lint/suspicious/noArrayIndexKey: a column is its place in time; two may carry the same label
              key={index}
              title={`${bar.label}: ${bar.text}`}
              className="relative flex h-full min-w-0 flex-1 items-end justify-center"
            >
              <span
                className={cx("w-[64%] max-w-[56px] rounded-t-[2px] bg-chart-1", latest && running && "opacity-45")}
                style={{ height: `${(Math.max(0, bar.value) / top) * 100}%` }}
              />
              {(index === greatest || latest) && bar.value > 0 ? (
                <span
                  data-num
                  className={cx(
                    "absolute mb-1 whitespace-nowrap font-semibold text-micro",
                    bars.length > 8 && (latest ? "right-0" : index === 0 && "left-0"),
                  )}
                  style={{ bottom: `${(bar.value / top) * 100}%` }}
                >
                  {bar.text}
                </span>
              ) : null}
            </span>
          );
        })}
      </div>
      <div className="mt-1 ml-14 flex">
        {bars.map((bar, index) => (
          // biome-ignore lint/suspicious/noArrayIndexKey: as above
          <span key={index} className="min-w-0 flex-1 whitespace-nowrap text-center text-(--chart-axis) text-micro">
            {index % every === 0 ? bar.label : ""}
          </span>
        ))}
      </div>
    </div>
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

interface Props {
  kind: "columns" | "rows";
  bars: readonly Bar[];
  label: string;
  /** The last column is a period that is not over. */
  running: boolean;
}

export function Chart({ kind, bars, label, running }: Props) {
  return kind === "columns" ? (
    <Columns bars={bars} label={label} running={running} />
  ) : (
    <Rows bars={bars} label={label} />
  );
}
