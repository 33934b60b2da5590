import type { ReactNode } from "react";
import { Link, useNavigate } from "react-router";
import { cx } from "../lib/cx";
import { t } from "../lib/i18n";
import { Button } from "./Button";
import { useRowCursor } from "./useRowCursor";
import { WaitingDot } from "./WaitingDot";

interface Row {
  _id: string;
  waiting: boolean;
}

export interface TableColumn<T> {
  id: string;
  head: string;
  /** A class; the columns without one share what is left. */
  width?: string;
  /** Numbers stand at the right, below their head. */
  right?: true;
  cell: (row: T) => ReactNode;
  /** The whole text, where the cell may cut it. */
  title?: (row: T) => string;
}

interface Props<T extends Row> {
  rows: readonly T[];
  columns: readonly TableColumn<T>[];
  /** The first column: the number, with the dot while it waits. */
  number: (row: T) => string;
  /** Where a row leads, and the words of its link. */
  to: (row: T) => string;
  name: (row: T) => string;
  muted?: (row: T) => boolean;
  /** Buttons at the end of a row; they do not open it. */
  actions?: (row: T) => ReactNode;
  /** Fetches older rows, while there are any. */
  onOlder?: () => void;
}

const CELL = "px-2 first:pl-4 last:pr-6";

/** Quotes or orders in rows: j and k move, Enter or a click opens. */
export function DocumentTable<T extends Row>({ rows, columns, number, to, name, muted, actions, onOlder }: Props<T>) {
  const navigate = useNavigate();
  const open = (row: T | undefined) => (row ? navigate(to(row)) : undefined);
  const { at, setCursor } = useRowCursor(rows.length, (index) => open(rows[index]));
  return (
    <div className="min-h-0 flex-1 overflow-y-auto">
      <table className="w-full table-fixed border-collapse">
        <thead className="sticky top-0 z-(--z-sticky)">
          <tr className="h-8 bg-sunken text-ink-3 text-small shadow-[inset_0_-1px_var(--line)]">
            <th className={cx(CELL, "w-[148px] text-left font-medium")}>{t("column.number")}</th>
            <th className={cx(CELL, "text-left font-medium")}>{t("column.customer")}</th>
            {columns.map(({ id, head, width, right }) => (
              <th key={id} className={cx(CELL, "font-medium", width, right ? "text-right" : "text-left")}>
                {head}
              </th>
            ))}
            {actions ? (
              <th className="w-12">
                <span className="sr-only">{t("column.actions")}</span>
              </th>
            ) : null}
          </tr>
        </thead>
        <tbody>
          {rows.map((row, index) => (
            <tr
              key={row._id}
              data-row={index}
              aria-current={index === at ? "true" : undefined}
              onClick={() => open(row)}
              onMouseMove={() => (index === at ? undefined : setCursor(index))}
              className={cx(
                "h-row border-line-faint border-b",
                index === at && "bg-cursor shadow-[inset_2px_0_var(--focus)]",
                muted?.(row) && "text-ink-3",
              )}
            >
              <td className={cx(CELL, "cut")}>
                {number(row)} {row.waiting ? <WaitingDot label={t("list.waiting")} /> : null}
              </td>
              <td className={cx(CELL, "cut")} title={name(row)}>
                <Link to={to(row)} tabIndex={-1} className="font-medium">
                  {name(row)}
                </Link>
              </td>
              {columns.map(({ id, width, right, cell, title }) => (
                <td
                  key={id}
                  data-num={right ? "" : undefined}
                  title={title?.(row)}
                  className={cx(
                    CELL,
                    "cut",
                    width?.includes("max-mid:hidden") && "max-mid:hidden",
                    right && "text-right",
                  )}
                >
                  {cell(row)}
                </td>
              ))}
              {actions ? (
                // biome-ignore lint/a11y/useKeyWithClickEvents: the menu has its own keys
                <td className="pr-3 text-right" onClick={(event) => event.stopPropagation()}>
                  {actions(row)}
                </td>
              ) : null}
            </tr>
          ))}
        </tbody>
      </table>
      {onOlder ? (
        <Button className="m-4" onClick={onOlder}>
          {t("sales.older")}
        </Button>
      ) : null}
    </div>
  );
}
