import { ArrowLeft, Merge, Split } from "lucide-react";
import { useState } from "react";
import { useNavigate } from "react-router";
import { Button } from "../../components/Button";
import { EmptyState } from "../../components/EmptyState";
import { ErrorNote } from "../../components/ErrorNote";
import { useRowCursor } from "../../components/useRowCursor";
import type { LikePair } from "../../gen/commands";
import { useActions } from "../../lib/actions";
import { type AppError, toAppError } from "../../lib/call";
import { cx } from "../../lib/cx";
import { count } from "../../lib/format";
import { t } from "../../lib/i18n";
import { useKeys } from "../../lib/keymap";
import { useDuplicates, useOverview } from "../../record/queries";
import { Compare } from "./Compare";
import type { Field, Side } from "./fields";
import { useMerging } from "./useMerging";

function keyOf(pair: LikePair): string {
  return pair.sides.map((side) => side.customer._id).join(" ");
}

/** The pair under the cursor: what was chosen for it is forgotten with it. */
function Pair({ pair }: { pair: LikePair }) {
  const overview = useOverview().data;
  const { merge, apart } = useMerging();
  const [stays, setStays] = useState<0 | 1>(0);
  const [chosen, setChosen] = useState<Partial<Record<Field, Side>>>({});
  const [busy, setBusy] = useState(false);
  const [error, setError] = useState<AppError | null>(null);
  const stay = (which: 0 | 1) => {
    setStays(which);
    setChosen({});
  };
  const run = async (work: () => Promise<void>) => {
    if (busy) return;
    setBusy(true);
    setError(null);
    try {
      await work();
    } catch (thrown) {
      setError(toAppError(thrown));
    } finally {
      setBusy(false);
    }
  };
  const doMerge = () => void run(() => merge(pair, stays, chosen));
  const doApart = () => void run(() => apart(pair));
  useKeys({ "1": () => stay(0), "2": () => stay(1) });
  useActions([
    { keys: "mod+Enter", label: "duplicates.merge", icon: Merge, run: doMerge },
    { keys: "d", label: "duplicates.apart", icon: Split, run: doApart },
  ]);
  return (
    <Compare
      pair={pair}
      stays={stays}
      chosen={chosen}
      overview={overview}
      busy={busy}
      error={error}
      onStay={stay}
      onChoose={(field, side) => setChosen((before) => ({ ...before, [field]: side }))}
      onMerge={doMerge}
      onApart={doApart}
    />
  );
}

export function DuplicatesScreen() {
  const { data, error } = useDuplicates();
  const pairs = data?.pairs ?? [];
  const navigate = useNavigate();
  const { at, setCursor } = useRowCursor(pairs.length, (index) => {
    const first = pairs[index]?.sides[0].customer._id;
    if (first) navigate(`/customers/${first}`);
  });
  const back = () => navigate("/customers");
  useKeys({ Escape: back });
  const here = pairs[at];
  return (
    <main className="flex min-h-0 min-w-0 flex-col overflow-hidden">
      <header className="flex h-topbar shrink-0 items-center gap-2 border-line border-b px-4">
        <Button variant="quiet" icon={ArrowLeft} keys="Escape" onClick={back}>
          {t("customers.title")}
        </Button>
        <h1 className="font-semibold text-lead">{t("duplicates.title")}</h1>
        <span data-num className="text-ink-3 text-small">
          {data ? count(data.total) : ""}
        </span>
      </header>
      {error ? <ErrorNote className="m-4" error={toAppError(error)} /> : null}
      {data && pairs.length === 0 ? (
        <EmptyState title={t("duplicates.none")} way={{ to: "/customers", label: t("customers.open") }}>
          {t("duplicates.noneAbout")}
        </EmptyState>
      ) : null}
      {here ? (
        <div className="grid min-h-0 flex-1 grid-cols-[minmax(280px,340px)_minmax(0,1fr)]">
          <ul aria-label={t("duplicates.title")} className="min-h-0 overflow-y-auto border-line border-r">
            {pairs.map((pair, index) => (
              <li key={keyOf(pair)} data-row={index}>
                <button
                  type="button"
                  aria-current={index === at ? "true" : undefined}
                  onClick={() => setCursor(index)}
                  className={cx(
                    "block w-full border-line-faint border-b px-4 py-2 text-left hover:bg-hover",
                    index === at && "bg-cursor shadow-[inset_2px_0_var(--focus)]",
                  )}
                >
                  {pair.sides.map(({ customer }) => (
                    <span key={customer._id} className="flex items-baseline gap-2">
                      <span className="cut font-medium" title={customer.name}>
                        {customer.name}
                      </span>
                      <span className="cut text-ink-3 text-small">{customer.city}</span>
                    </span>
                  ))}
                  <span className="block text-ink-3 text-small">
                    {pair.reasons.map((reason) => t(`duplicates.${reason}`)).join(", ")}
                  </span>
                </button>
              </li>
            ))}
          </ul>
          <div className="min-h-0 overflow-y-auto">
            <Pair key={keyOf(here)} pair={here} />
          </div>
        </div>
      ) : null}
    </main>
  );
}
