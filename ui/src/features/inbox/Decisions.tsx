import { EmptyState } from "../../components/EmptyState";
import { ErrorNote } from "../../components/ErrorNote";
import { toAppError } from "../../lib/call";
import { t } from "../../lib/i18n";
import { useCards } from "../../record/queries";
import { CardView } from "./CardView";

/** What needs a decision: edits that collided or were refused. Nothing is lost until somebody decides. */
export function Decisions() {
  const { data, error, refetch } = useCards();
  const cards = (data?.items ?? []).filter((card) => card.resolvedAt === null);
  return (
    <>
      {error ? <ErrorNote className="m-4" error={toAppError(error)} ways={{ retry: () => void refetch() }} /> : null}
      {data && cards.length === 0 ? (
        <EmptyState title={t("inbox.empty")} way={{ to: "/today", label: t("today.open") }}>
          {t("inbox.emptyAbout")}
        </EmptyState>
      ) : null}
      <div className="max-w-[960px] px-6">
        {cards.map((card) => (
          <CardView key={card._id} card={card} />
        ))}
      </div>
    </>
  );
}
