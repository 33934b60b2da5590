import { Check } from "lucide-react";
import { memo } from "react";
import { Link } from "react-router";
import { Avatar } from "../../components/Avatar";
import { StatusWord } from "../../components/Status";
import { WaitingDot } from "../../components/WaitingDot";
import type { Customer } from "../../gen/records";
import { cx } from "../../lib/cx";
import { isOverdue, longDay, relativeDay, roundMoney, shortDay } from "../../lib/format";
import { t } from "../../lib/i18n";
import type { Listed } from "../../lib/types";
import type { Column, ColumnId } from "./columns";

interface Props {
  customer: Listed<Customer> | undefined;
  index: number;
  top: number;
  height: number;
  cursor: boolean;
  ticked: boolean;
  anyTicked: boolean;
  owner: string | null;
  mine: boolean;
  currency: string;
  columns: readonly Column[];
  onOpen: (index: number) => void;
  onTick: (index: number, range: boolean) => void;
}

function Tick({ on, shown, name }: { on: boolean; shown: boolean; name: string }) {
  return (
    <span
      role="checkbox"
      aria-checked={on}
      aria-label={t("list.select", { name })}
      tabIndex={-1}
      className={cx(
        "grid size-3.5 place-items-center rounded-xs",
        on ? "bg-accent-fill text-ink-on-accent" : "shadow-[inset_0_0_0_1px_var(--line-strong)]",
        !shown && "opacity-0 group-hover:opacity-100",
      )}
    >
      {on ? <Check size={10} strokeWidth={3.5} aria-hidden="true" /> : null}
    </span>
  );
}

function NextStep({ customer }: { customer: Customer }) {
  if (customer.nextFollowUp === null && !customer.nextStep) {
    return <span className="text-ink-3">{t("customer.noNextStep")}</span>;
  }
  return (
    <span className="flex gap-2">
      {customer.nextStep ? (
        <span className="cut" title={customer.nextStep}>
          {customer.nextStep}
        </span>
      ) : null}
      {customer.nextFollowUp === null ? null : (
        <span
          data-num
          className={cx("shrink-0", isOverdue(customer.nextFollowUp) ? "text-danger" : "text-ink-3")}
          title={longDay(customer.nextFollowUp)}
        >
          {relativeDay(customer.nextFollowUp)}
        </span>
      )}
    </span>
  );
}

const CELL = "cut px-2";
const NUMERIC = new Set<ColumnId>(["last", "value", "created", "updated", "phone"]);
const QUIET = new Set<ColumnId>(["last", "type", "industry", "city", "phone", "email", "tags", "created", "updated"]);

interface CellProps {
  /** The town stands behind the name where there is room for it. */
  town: boolean;
  column: ColumnId;
  customer: Customer;
  owner: string | null;
  mine: boolean;
  currency: string;
}

function plainText(column: ColumnId, customer: Customer, currency: string): string {
  switch (column) {
    case "last":
      return customer.lastContact === null ? "–" : shortDay(customer.lastContact);
    case "value":
      return roundMoney(customer.value, currency);
    case "type":
      return t(`type.${customer.type}`);
    case "tags":
      return customer.tags.join(", ");
    case "created":
      return shortDay(customer.createdAt);
    case "updated":
      return shortDay(customer.updatedAt);
    case "industry":
    case "city":
    case "phone":
    case "email":
      return customer[column] ?? "";
    default:
      return "";
  }
}

function Cell({ column, town, customer, owner, mine, currency }: CellProps) {
  if (column === "name") {
    return (
      <>
        <Link to={`/customers/${customer._id}`} tabIndex={-1} className="font-medium" title={customer.name}>
          {customer.name}
        </Link>
        {town && customer.city ? <span className="ml-2 text-ink-3">{customer.city}</span> : null}
      </>
    );
  }
  if (column === "status") return <StatusWord status={customer.status} />;
  if (column === "next") return <NextStep customer={customer} />;
  if (column === "owner") {
    if (!owner) return <span className="text-ink-3">{t("customer.noOwner")}</span>;
    return (
      <span className="flex items-center gap-1.5">
        <Avatar name={owner} me={mine} />
        <span className="cut">{owner}</span>
      </span>
    );
  }
  const text = plainText(column, customer, currency);
  return <span title={text}>{text}</span>;
}

export const CustomerRow = memo(function CustomerRow(props: Props) {
  const { customer, index, top, height, cursor, ticked, anyTicked, owner, currency, columns } = props;
  return (
    // biome-ignore lint/a11y/useKeyWithClickEvents: Enter on the grid opens the row
    <div
      role="row"
      id={`row-${index}`}
      aria-rowindex={index + 2}
      aria-selected={ticked}
      onClick={() => props.onOpen(index)}
      style={{ transform: `translateY(${top}px)`, height }}
      className={cx(
        "group absolute inset-x-0 flex items-center border-line-faint border-b",
        ticked ? "bg-selected" : cursor ? "bg-cursor" : "hover:bg-hover",
        cursor && "shadow-[inset_2px_0_var(--focus)]",
      )}
    >
      {/* biome-ignore lint/a11y/useKeyWithClickEvents: x on the grid ticks the row */}
      <div
        role="gridcell"
        className="flex h-full w-[38px] shrink-0 items-center pl-4"
        onClick={(event) => {
          event.stopPropagation();
          if (customer) props.onTick(index, event.shiftKey);
        }}
      >
        {customer ? <Tick on={ticked} shown={ticked || cursor || anyTicked} name={customer.name} /> : null}
      </div>
      <div role="gridcell" className="grid w-[22px] shrink-0 place-items-center">
        {customer?.waiting ? <WaitingDot label={t("list.waiting")} /> : null}
      </div>
      {customer ? (
        columns.map((column) => (
          <div
            key={column.id}
            role="gridcell"
            data-num={NUMERIC.has(column.id) ? "" : undefined}
            className={cx(CELL, column.className, column.right && "text-right", QUIET.has(column.id) && "text-ink-2")}
          >
            <Cell
              column={column.id}
              town={props.columns.length > 2}
              customer={customer}
              owner={owner}
              mine={props.mine}
              currency={currency}
            />
          </div>
        ))
      ) : (
        <div role="gridcell" className="flex-1 px-0">
          <span className="block h-2 w-40 rounded-full bg-pressed" />
          <span className="sr-only">{t("list.loading")}</span>
        </div>
      )}
    </div>
  );
});
