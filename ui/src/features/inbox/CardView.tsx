import { useQuery, useQueryClient } from "@tanstack/react-query";
import { GitMerge, TriangleAlert } from "lucide-react";
import { useState } from "react";
import { Link } from "react-router";
import { Button } from "../../components/Button";
import { ErrorNote } from "../../components/ErrorNote";
import type { Card, Kind } from "../../gen/records";
import { AppError, call, refresh, toAppError } from "../../lib/call";
import { describe } from "../../lib/errors";
import { dayAndTime, fullDay } from "../../lib/format";
import { t } from "../../lib/i18n";
import { showToast } from "../../lib/ui";
import { unitName } from "../../record/names";
import { useOverview, userName } from "../../record/queries";
import { compare } from "./compare";

type Choice = "mine" | "theirs" | "dismiss";

const SAID = { mine: "card.tookMine", theirs: "card.tookTheirs", dismiss: "card.dismissed" } as const;

type Stands = Record<string, unknown> | null;

function useRecord(card: Card): Stands {
  const kind = card.recordKind as Kind;
  const { data } = useQuery({
    queryKey: [kind, card.recordId, "card"],
    queryFn: () => call("records.get", { kind, id: card.recordId }),
  });
  return (data?.record ?? null) as Stands;
}

function nameOf(record: Stands): string {
  const person = [record?.firstName, record?.lastName].filter(Boolean).join(" ");
  return String(record?.name || record?.subject || person || t("card.record"));
}

function customerOf(card: Card, record: Stands): string | null {
  if (record === null) return null;
  return card.recordKind === "customers" ? card.recordId : String(record.customerId ?? "");
}

/** Whether there is something to choose between; the others are told and dismissed. */
function hasSides(card: Card): boolean {
  return card.kind === "conflict" || card.kind === "refused" || card.kind === "restored";
}

function about(card: Card): string {
  if (card.kind === "refused") {
    return t("card.refused", { reason: describe(new AppError(card.code || "INTERNAL", card.message)) });
  }
  if (card.kind === "duplicate") return t("card.duplicate");
  if (card.kind === "restored") return t("card.restored");
  if (card.kind === "unreadable") return t("card.unreadable");
  if (card.kind === "clock") {
    return t("card.clock", { said: fullDay(Number(card.mine)), counts: dayAndTime(Number(card.theirs)) });
  }
  if (card.kind === "erased") return t("card.erased");
  if (card.kind === "late") return t("card.late");
  if (card.kind === "renumbered") return t("card.renumbered");
  if (card.kind === "duplicateNumber") return t("card.duplicateNumber");
  // A kind of a newer server says itself what it is about.
  if (!hasSides(card)) return card.message;
  return t("card.collided", { field: unitName(card.unit) });
}

function Sides({ card, record }: { card: Card; record: Stands }) {
  const rows = compare(card, record);
  return (
    <div className="mt-3 overflow-hidden rounded-md border border-line">
      <table className="w-full table-fixed">
        <thead>
          <tr className="border-line border-b bg-sunken text-left text-small [&>th+th]:border-line [&>th+th]:border-l [&>th]:h-8 [&>th]:px-3">
            <th scope="col" className="w-[128px] font-medium text-ink-3">
              {t("card.field")}
            </th>
            <th scope="col" className="font-semibold">
              {t("card.mine")}
            </th>
            <th scope="col" className="font-semibold">
              {t("card.theirs")}
            </th>
            <th scope="col" className="font-medium text-ink-3">
              {t("card.original")}
            </th>
          </tr>
        </thead>
        <tbody data-selectable>
          {rows.map((row) => (
            <tr
              key={row.field}
              className="border-line-faint border-t align-baseline first:border-t-0 [&>td]:wrap-anywhere [&>td]:border-line-faint [&>td]:border-l [&>td]:px-3 [&>td]:py-2"
            >
              <th scope="row" className="px-3 py-2 text-left font-normal text-ink-3">
                {row.field}
              </th>
              <td className={row.differs ? "font-medium" : "text-ink-2"}>{row.mine}</td>
              <td className={row.differs ? "font-medium" : "text-ink-2"}>{row.theirs}</td>
              <td className="text-ink-3">{row.original}</td>
            </tr>
          ))}
        </tbody>
      </table>
    </div>
  );
}

function Choices({ card, busy, onChoose }: { card: Card; busy: boolean; onChoose: (choice: Choice) => void }) {
  const sides = hasSides(card);
  return (
    <div className="mt-3 flex gap-2">
      {sides ? (
        <Button variant="primary" disabled={busy} onClick={() => onChoose("mine")}>
          {t(card.kind === "refused" ? "card.tryAgain" : "card.keepMine")}
        </Button>
      ) : null}
      {sides && card.kind !== "refused" ? (
        <Button disabled={busy} onClick={() => onChoose("theirs")}>
          {t("card.takeTheirs")}
        </Button>
      ) : null}
      {card.kind === "duplicate" && typeof card.theirs === "string" ? (
        <Link
          to={`/customers/${card.theirs}`}
          className="inset-line inline-flex h-control items-center rounded-sm px-3 font-medium hover:bg-hover"
        >
          {t("card.openOther")}
        </Link>
      ) : null}
      <Button variant="quiet" disabled={busy} onClick={() => onChoose("dismiss")}>
        {t("card.dismiss")}
      </Button>
    </div>
  );
}

export function CardView({ card }: { card: Card }) {
  const client = useQueryClient();
  const overview = useOverview().data;
  const record = useRecord(card);
  const [error, setError] = useState<AppError | null>(null);
  const [busy, setBusy] = useState(false);
  const name = nameOf(record);
  const customerId = customerOf(card, record);
  const who = userName(overview, card.byUser);
  const when = dayAndTime(card.at);
  const Icon = card.kind === "refused" ? TriangleAlert : GitMerge;

  const resolve = async (choice: Choice) => {
    setBusy(true);
    setError(null);
    try {
      await call("cards.resolve", { id: card._id, choice });
      void refresh(client, ["cards", "sync", card.recordKind]);
      showToast(t(SAID[choice], { name }));
    } catch (thrown) {
      setError(toAppError(thrown));
      setBusy(false);
    }
  };
  return (
    <article aria-label={t("card.label", { name })} className="border-line border-b py-5">
      <h2 className="flex items-center gap-2 font-semibold">
        <Icon size={16} strokeWidth={1.75} className="shrink-0 text-sync-needs-you" aria-hidden="true" />
        {customerId ? (
          <Link to={`/customers/${customerId}`} className="rounded-xs hover:underline">
            {name}
          </Link>
        ) : (
          name
        )}
        <span className="font-normal text-ink-3 text-small">{who ? t("card.who", { who, when }) : when}</span>
      </h2>
      <p className="mt-1 text-ink-2">{about(card)}</p>
      {hasSides(card) || card.kind === "duplicate" || card.kind === "late" ? (
        <Sides card={card} record={record} />
      ) : null}
      {error ? <ErrorNote className="mt-3" error={error} ways={{ retry: () => setError(null) }} /> : null}
      <Choices card={card} busy={busy} onChoose={(choice) => void resolve(choice)} />
    </article>
  );
}
