import { Merge, Split } from "lucide-react";
import { Fragment } from "react";
import { Link } from "react-router";
import { Button } from "../../components/Button";
import { ErrorNote } from "../../components/ErrorNote";
import type { LikePair, LikeSide } from "../../gen/commands";
import type { AppError } from "../../lib/call";
import { cx } from "../../lib/cx";
import { ago } from "../../lib/format";
import { type Key, t } from "../../lib/i18n";
import type { Overview } from "../../lib/types";
import { unitName } from "../../record/names";
import { differing, type Field, fieldText, type Side, sidesOf, untouched } from "./fields";

const COUNTS = ["contacts", "interactions", "quotes", "orders"] as const;

function hangsOn(side: LikeSide): string {
  const parts = COUNTS.filter((kind) => side[kind] > 0);
  return parts.length === 0
    ? t("duplicates.nothing")
    : parts.map((kind) => t(`duplicates.${kind}` as Key, { count: side[kind] })).join(", ");
}

function Head({ side, stays, keys, onStay }: { side: LikeSide; stays: boolean; keys: string; onStay: () => void }) {
  const { customer } = side;
  return (
    <th scope="col" className="px-3 py-2 text-left align-top font-normal">
      <Link
        to={`/customers/${customer._id}`}
        className="break-words font-semibold hover:underline"
        title={t("customer.open", { name: customer.name })}
      >
        {customer.name}
      </Link>
      <p className="mt-0.5 text-ink-3 text-small">{hangsOn(side)}</p>
      <p className="text-ink-3 text-small">{t("duplicates.made", { when: ago(customer.createdAt) })}</p>
      <Button
        size="small"
        className="mt-2"
        aria-pressed={stays}
        keys={keys}
        variant={stays ? "quiet" : "plain"}
        disabled={stays}
        onClick={onStay}
      >
        {t(stays ? "duplicates.stays" : "duplicates.keepThis")}
      </Button>
    </th>
  );
}

function Choice({
  label,
  field,
  side,
  chosen,
  onChoose,
}: {
  label: string;
  field: Field;
  side: Side;
  chosen: boolean;
  onChoose: () => void;
}) {
  return (
    <label
      className={cx(
        "flex items-start gap-2 rounded-xs px-1 py-0.5 has-focus-visible:outline-2 has-focus-visible:outline-ring",
        chosen ? "font-medium" : "text-ink-2",
      )}
    >
      <input
        type="radio"
        className="mt-[3px] shrink-0 [accent-color:var(--accent)]"
        name={field}
        value={side}
        checked={chosen}
        onChange={onChoose}
      />
      <span data-selectable className="min-w-0 break-words [overflow-wrap:anywhere]">
        {label}
      </span>
    </label>
  );
}

interface Props {
  pair: LikePair;
  /** Which of the two stays: 0 or 1. */
  stays: 0 | 1;
  chosen: Partial<Record<Field, Side>>;
  overview: Overview | undefined;
  busy: boolean;
  error: AppError | null;
  onStay: (which: 0 | 1) => void;
  onChoose: (field: Field, side: Side) => void;
  onMerge: () => void;
  onApart: () => void;
}

/** Two customers side by side: which one stays, and whose value each field takes where they differ. */
export function Compare({ pair, stays, chosen, overview, busy, error, onStay, onChoose, onMerge, onApart }: Props) {
  const [one, other] = pair.sides;
  const kept = pair.sides[stays].customer;
  const gone = pair.sides[stays === 0 ? 1 : 0].customer;
  const fields = differing(one.customer, other.customer);
  const sideOf = (column: 0 | 1): Side => (column === stays ? "this" : "other");
  return (
    <section aria-label={t("duplicates.pair", { one: one.customer.name, other: other.customer.name })} className="p-6">
      <p className="text-ink-2">
        {t("duplicates.because", { reasons: pair.reasons.map((reason) => t(`duplicates.${reason}`)).join(", ") })}
      </p>
      <table className="mt-3 w-full max-w-[860px] table-fixed">
        <thead>
          <tr className="border-line border-b">
            <th scope="col" className="w-[120px]">
              <span className="sr-only">{t("card.field")}</span>
            </th>
            <Head side={one} stays={stays === 0} keys="1" onStay={() => onStay(0)} />
            <Head side={other} stays={stays === 1} keys="2" onStay={() => onStay(1)} />
          </tr>
        </thead>
        <tbody>
          {fields.map((field) => {
            const now = chosen[field] ?? untouched(field, kept);
            const both = sidesOf(field).includes("both");
            const line = "border-line-faint border-b";
            return (
              <Fragment key={field}>
                <tr className={cx("align-top", both ? null : line)}>
                  <th
                    scope="row"
                    rowSpan={both ? 2 : 1}
                    className={cx("py-2 pr-2 text-left font-normal text-ink-3", both ? line : null)}
                  >
                    {unitName(field)}
                  </th>
                  {([0, 1] as const).map((column) => (
                    <td key={column} className="px-2 py-1.5">
                      <Choice
                        label={fieldText(field, pair.sides[column].customer[field], overview)}
                        field={field}
                        side={sideOf(column)}
                        chosen={now === sideOf(column)}
                        onChoose={() => onChoose(field, sideOf(column))}
                      />
                    </td>
                  ))}
                </tr>
                {both ? (
                  <tr className={line}>
                    <td colSpan={2} className="px-2 pb-1.5">
                      <Choice
                        label={t("duplicates.both")}
                        field={field}
                        side="both"
                        chosen={now === "both"}
                        onChoose={() => onChoose(field, "both")}
                      />
                    </td>
                  </tr>
                ) : null}
              </Fragment>
            );
          })}
        </tbody>
      </table>
      <p className="wrap-anywhere mt-4 max-w-[62ch] text-ink-2">
        {t("duplicates.what", { kept: kept.name, gone: gone.name })}
      </p>
      {error ? <ErrorNote className="mt-3" error={error} /> : null}
      <div className="mt-3 flex flex-wrap gap-2">
        <Button variant="primary" icon={Merge} keys="mod+Enter" disabled={busy} onClick={onMerge}>
          {t("duplicates.merge")}
        </Button>
        <Button icon={Split} keys="d" disabled={busy} onClick={onApart}>
          {t("duplicates.apart")}
        </Button>
      </div>
    </section>
  );
}
