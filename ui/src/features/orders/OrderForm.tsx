import { useQuery } from "@tanstack/react-query";
import { type FormEvent, useState } from "react";
import { Button } from "../../components/Button";
import { ErrorNote } from "../../components/ErrorNote";
import { TextField } from "../../components/Field";
import type { Order } from "../../gen/records";
import { type AppError, call, toAppError } from "../../lib/call";
import { describe } from "../../lib/errors";
import { money } from "../../lib/format";
import { t } from "../../lib/i18n";
import { useKeys } from "../../lib/keymap";
import { parseDecimal, typedDecimal } from "../../lib/money";
import type { Edit, Held } from "../../lib/types";
import { change, create, mint } from "../../record/edits";
import { currencyOf, useOverview } from "../../record/queries";
import { useSave } from "../../record/save";
import { CustomerPick, type Picked } from "./CustomerPick";
import { blankLine, linesOf, type TypedLine, typedLines } from "./draft";
import { LineGrid } from "./LineGrid";

interface Props {
  customer: Picked | null;
  /** The draft that is changed; nothing for a new order. */
  seen?: Held<Order>;
  onSaved: (id: string) => void;
  onCancel: () => void;
}

interface Typed {
  customer: Picked | null;
  lines: TypedLine[];
  discount: string;
  currency: string;
}

/** What the lines add up to, by the core's own function; the last answer stays while the next is on its way. */
function useTotals({ lines, discount, currency }: Typed) {
  const args = { items: linesOf(lines), discountAmount: parseDecimal(discount), currency };
  return useQuery({
    queryKey: ["totals", args],
    queryFn: () => call("sales.totals", args),
    enabled: args.items.length > 0,
    placeholderData: (previous) => previous,
    retry: false,
    gcTime: 0,
  });
}

function itemsUnit(order: Order): Record<string, unknown> {
  const { items, discountAmount, subtotal, taxAmount, totalAmount, currency } = order;
  return { items, discountAmount, subtotal, taxAmount, totalAmount, currency };
}

async function editOf(typed: Typed, seen: Held<Order> | undefined): Promise<{ id: string; edit: Edit }> {
  const items = linesOf(typed.lines);
  const figures = { subtotal: null, taxAmount: null, totalAmount: null };
  const value = { items, discountAmount: parseDecimal(typed.discount), currency: typed.currency, ...figures };
  if (seen) {
    const id = seen.record._id;
    return { id, edit: change("orders", id, seen.version, { items: { value, base: itemsUnit(seen.record) } }) };
  }
  const [id = ""] = await mint(1);
  return { id, edit: create("orders", id, { customerId: typed.customer?.id, orderDate: Date.now(), items: value }) };
}

function Sums({ of, error }: { of: ReturnType<typeof useTotals>["data"]; error: AppError | null }) {
  const rows = of
    ? ([
        ["lines.subtotal", of.subtotal],
        ["lines.tax", of.taxAmount],
        ["lines.total", of.totalAmount],
      ] as const)
    : [];
  return (
    <div className="ml-auto w-[280px]" aria-live="polite">
      <dl data-num className="grid grid-cols-[1fr_auto] gap-y-1">
        {rows.map(([label, value]) => (
          <div key={label} className="contents last:font-semibold">
            <dt className="text-ink-2">{t(label)}</dt>
            <dd className="text-right">{money(value, of?.currency ?? "EUR")}</dd>
          </div>
        ))}
      </dl>
      {error ? <p className="mt-2 text-danger text-small">{`${describe(error)} ${error.message}`}</p> : null}
    </div>
  );
}

export function OrderForm({ customer, seen, onSaved, onCancel }: Props) {
  const overview = useOverview().data;
  const [typed, setTyped] = useState<Typed>(() => ({
    customer,
    lines: seen && seen.record.items.length > 0 ? typedLines(seen.record) : [blankLine()],
    discount: seen?.record.discountAmount ? typedDecimal(seen.record.discountAmount) : "",
    currency: seen?.record.currency ?? "",
  }));
  const now = { ...typed, currency: typed.currency || currencyOf(overview) };
  const totals = useTotals(now);
  const [error, setError] = useState<AppError | null>(null);
  const { save } = useSave();
  const set = (part: Partial<Typed>) => {
    setError(null);
    setTyped((before) => ({ ...before, ...part }));
  };
  const submit = async (event?: FormEvent) => {
    event?.preventDefault();
    try {
      const { id, edit } = await editOf(now, seen);
      await save([edit], t(seen ? "order.changed" : "order.created"));
      onSaved(id);
    } catch (thrown) {
      setError(toAppError(thrown));
    }
  };
  useKeys({ "mod+Enter": () => void submit() });
  const wrongTotals = totals.error ? toAppError(totals.error) : null;
  const noCustomer = error !== null && ["customerId", "customer"].includes(error.field ?? "");
  return (
    <form
      onSubmit={(event) => void submit(event)}
      onKeyDown={(event) => {
        if (event.key === "Enter" && (event.ctrlKey || event.metaKey)) void submit();
      }}
      className="grid max-w-[1080px] gap-5"
    >
      {seen ? null : (
        <CustomerPick
          value={typed.customer}
          onPick={(picked) => set({ customer: picked })}
          error={noCustomer ? t("order.noCustomer") : undefined}
        />
      )}
      <div>
        <LineGrid
          lines={typed.lines}
          onChange={(lines) => set({ lines })}
          nets={wrongTotals ? [] : (totals.data?.lines ?? [])}
          currency={now.currency}
          wrong={wrongTotals?.field ?? error?.field ?? null}
        />
      </div>
      <div className="flex items-start gap-4">
        <TextField
          label={t("lines.discount")}
          className="w-[140px]"
          inputMode="decimal"
          value={typed.discount}
          onChange={(event) => set({ discount: event.target.value })}
        />
        <TextField
          label={t("lines.currency")}
          className="w-[100px]"
          maxLength={3}
          value={now.currency}
          onChange={(event) => set({ currency: event.target.value.toUpperCase() })}
        />
        <Sums of={linesOf(typed.lines).length > 0 ? totals.data : undefined} error={wrongTotals} />
      </div>
      {error && !noCustomer ? <ErrorNote error={error} /> : null}
      <div className="flex gap-2">
        <Button variant="primary" type="submit" keys="mod+Enter">
          {t(seen ? "form.save" : "order.create")}
        </Button>
        <Button variant="quiet" onClick={onCancel}>
          {t("cancel")}
        </Button>
      </div>
    </form>
  );
}
