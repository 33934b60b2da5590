import { useVirtualizer } from "@tanstack/react-virtual";
import { ArrowDown, ArrowUp } from "lucide-react";
import { type RefObject, useEffect } from "react";
import type { Customer } from "../../gen/records";
import { cx } from "../../lib/cx";
import { t } from "../../lib/i18n";
import type { Overview } from "../../lib/types";
import type { Rows } from "../../record/pages";
import { currencyOf, userName } from "../../record/queries";
import { CustomerRow } from "./CustomerRow";
import type { Column } from "./columns";
import { nextSort } from "./view";

export const HEAD = 32;

interface Props {
  rows: Rows<Customer>;
  total: number;
  rowHeight: number;
  columns: readonly Column[];
  sort: string;
  onSort: (sort: string) => void;
  /** Every customer of the view is ticked, or some are. */
  allTicked: boolean;
  onTickAll: () => void;
  cursor: number;
  ticks: ReadonlySet<string>;
  overview: Overview | undefined;
  scroller: RefObject<HTMLDivElement | null>;
  onSight: (from: number, to: number) => void;
  onOpen: (index: number) => void;
  onTick: (index: number, range: boolean) => void;
}

function HeadCell({ column, sort, onSort }: { column: Column; sort: string; onSort: (sort: string) => void }) {
  const className = cx("px-2", column.className, column.right && "text-right");
  const field = column.sort;
  if (field === null) {
    return (
      <span role="columnheader" className={className}>
        {t(column.label)}
      </span>
    );
  }
  const up = sort === field;
  const down = sort === `-${field}`;
  return (
    <span role="columnheader" aria-sort={up ? "ascending" : down ? "descending" : "none"} className={className}>
      <button
        type="button"
        onClick={() => onSort(nextSort(sort, field))}
        className={cx(
          "-mx-1 inline-flex items-center gap-1 rounded-xs px-1 hover:text-ink",
          (up || down) && "text-ink",
        )}
      >
        {t(column.label)}
        {up ? <ArrowUp size={12} aria-hidden="true" /> : null}
        {down ? <ArrowDown size={12} aria-hidden="true" /> : null}
      </button>
    </span>
  );
}

function Head({ columns, sort, onSort, allTicked, onTickAll, ticks }: Props) {
  return (
    <div
      role="row"
      aria-rowindex={1}
      style={{ height: HEAD }}
      className="flex items-center bg-sunken font-medium text-ink-3 text-small shadow-[inset_0_-1px_var(--line)]"
    >
      <span role="columnheader" className="flex w-[38px] shrink-0 items-center pl-4">
        <input
          type="checkbox"
          aria-label={t("keys.selectAll")}
          tabIndex={-1}
          checked={allTicked}
          ref={(box) => {
            if (box) box.indeterminate = !allTicked && ticks.size > 0;
          }}
          onChange={onTickAll}
          className="size-3.5 accent-(--accent)"
        />
      </span>
      <span role="columnheader" className="w-[22px] shrink-0">
        <span className="sr-only">{t("column.sent")}</span>
      </span>
      {columns.map((column) => (
        <HeadCell key={column.id} column={column} sort={sort} onSort={onSort} />
      ))}
    </div>
  );
}

/** A grid of as many rows as there are customers, of which only those in sight exist. */
export function CustomerTable(props: Props) {
  const { rows, total, rowHeight, cursor, ticks, overview, scroller, onSight, columns } = props;
  const virtual = useVirtualizer({
    count: total,
    getScrollElement: () => scroller.current,
    estimateSize: () => rowHeight,
    overscan: 12,
    scrollMargin: HEAD,
    initialRect: { width: 1024, height: 640 },
  });
  const items = virtual.getVirtualItems();
  const from = items[0]?.index ?? 0;
  const to = items.at(-1)?.index ?? 0;
  useEffect(() => onSight(from, to), [from, to, onSight]);
  // biome-ignore lint/correctness/useExhaustiveDependencies: a new density changes every row
  useEffect(() => virtual.measure(), [rowHeight]);

  const currency = currencyOf(overview);
  const me = overview?.me._id;
  return (
    <div
      ref={scroller}
      role="grid"
      tabIndex={0}
      aria-label={t("customers.title")}
      aria-rowcount={total + 1}
      aria-colcount={columns.length + 2}
      aria-multiselectable="true"
      aria-activedescendant={total > 0 && cursor >= from && cursor <= to ? `row-${cursor}` : undefined}
      className="relative min-h-0 flex-1 overflow-y-auto overflow-x-auto focus-visible:outline-none"
    >
      <div role="rowgroup" className="sticky top-0 z-(--z-sticky)">
        <Head {...props} />
      </div>
      <div role="rowgroup" className="relative" style={{ height: virtual.getTotalSize() }}>
        {items.map((item) => {
          const customer = rows.at(item.index);
          const owner = customer?.assignedTo ?? null;
          return (
            <CustomerRow
              key={item.index}
              customer={customer}
              index={item.index}
              top={item.start - HEAD}
              height={rowHeight}
              cursor={item.index === cursor}
              ticked={customer ? ticks.has(customer._id) : false}
              anyTicked={ticks.size > 0}
              owner={userName(overview, owner)}
              mine={owner !== null && owner === me}
              currency={currency}
              columns={columns}
              onOpen={props.onOpen}
              onTick={props.onTick}
            />
          );
        })}
      </div>
    </div>
  );
}
