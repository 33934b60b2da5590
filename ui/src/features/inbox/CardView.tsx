import { useQuery, useQueryClient } from "@tanstack/react-query";
import { GitMerge, TriangleAlert } from "lucide-react";
import { useState } from "react";
import { Link } from "react-router";
import { Button } from "../../components/Button";
import { ErrorNote } from "../../components/ErrorNote";
import type { Card } from "../../gen/records";
import { AppError, call, refresh, toAppError } from "../../lib/call";
import { describe } from "../../lib/errors";
import { dayAndTime } from "../../lib/format";
import { t } from "../../lib/i18n";
import { showToast } from "../../lib/ui";
import { useOverview, userName } from "../../record/queries";
import { compare } from "./compare";

type Choice = "mine" | "theirs" | "dismiss";

const SAID = { mine: "card.tookMine", theirs: "card.tookTheirs", dismiss: "card.dismissed" } as const;

interface Named {
  name?: string | null;
  subject?: string | null;
  firstName?: string | null;
  lastName?: string | null;
  customerId?: string | null;
}

function useRecordName(card: Card): { name: string; link: string | null } {
  const { data } = useQuery({
    queryKey: [card.recordKind, card.recordId, "name"],
    queryFn: () => call("records.get", { kind: card.recordKind, id: card.recordId }),
  });
  const record = (data?.record ?? null) as Named | null;
  const person = [record?.firstName, record?.lastName].filter(Boolean).join(" ");
  const customerId = card.recordKind === "customers" ? card.recordId : (record?.customerId ?? null);
  return {
    name: record?.name || record?.subject || person || t("card.record"),
    link: record && customerId ? `/customers/${customerId}` : null,
  };
}

function Sides({ card }: { card: Card }) {
  const rows = compare(card.mine, card.theirs, card.original);
  return (
    <table className="mt-3 w-full table-fixed">
      <thead>
        <tr className="border-line border-b text-left text-ink-3 text-small">
          <th scope="col" className="h-8 w-[120px] font-medium">
            {t("card.field")}
          </th>
          <th scope="col" className="font-medium">
            {t("card.mine")}
          </th>
          <th scope="col" className="font-medium">
            {t("card.theirs")}
          </th>
          <th scope="col" className="font-medium">
            {t("card.original")}
          </th>
        </tr>
      </thead>
      <tbody data-selectable>
        {rows.map((row) => (
          <tr key={row.field} className="border-line-faint border-b align-baseline">
            <th scope="row" className="py-1.5 pr-2 text-left font-normal text-ink-3">
              {row.field}
            </th>
            <td className={`break-words py-1.5 pr-3 ${row.differs ? "font-medium" : "text-ink-2"}`}>{row.mine}</td>
            <td className={`break-words py-1.5 pr-3 ${row.differs ? "font-medium" : "text-ink-2"}`}>{row.theirs}</td>
            <td className="break-words py-1.5 text-ink-3">{row.original}</td>
          </tr>
        ))}
      </tbody>
    </table>
  );
}

export function CardView({ card }: { card: Card }) {
  const client = useQueryClient();
  const overview = useOverview().data;
  const { name, link } = useRecordName(card);
  const [error, setError] = useState<AppError | null>(null);
  const [busy, setBusy] = useState(false);
  const who = userName(overview, card.by) ?? t("timeline.someone");
  const refusal = card.code ? describe(new AppError(card.code, "")) : null;
  const Icon = refusal ? TriangleAlert : GitMerge;

  const resolve = async (choice: Choice) => {
    setBusy(true);
    setError(null);
    try {
      await call("cards.resolve", { id: card._id, choice });
      refresh(client, ["cards", "sync", card.recordKind]);
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
        {link ? (
          <Link to={link} className="rounded-xs hover:underline">
            {name}
          </Link>
        ) : (
          name
        )}
        <span className="font-normal text-ink-3 text-small">{t("card.who", { who, when: dayAndTime(card.at) })}</span>
      </h2>
      <p className="mt-1 text-ink-2">{refusal ? t("card.refused", { reason: refusal }) : t("card.collided")}</p>
      <Sides card={card} />
      {error ? <ErrorNote className="mt-3" error={error} /> : null}
      <div className="mt-3 flex gap-2">
        <Button disabled={busy} onClick={() => void resolve("mine")}>
          {t("card.keepMine")}
        </Button>
        <Button disabled={busy} onClick={() => void resolve("theirs")}>
          {t("card.takeTheirs")}
        </Button>
        <Button variant="quiet" disabled={busy} onClick={() => void resolve("dismiss")}>
          {t("card.dismiss")}
        </Button>
      </div>
    </article>
  );
}
