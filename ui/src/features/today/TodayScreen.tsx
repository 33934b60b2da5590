import { useEffect, useState } from "react";
import { useNavigate } from "react-router";
import { Button } from "../../components/Button";
import { EmptyState } from "../../components/EmptyState";
import { ErrorNote } from "../../components/ErrorNote";
import { COMPOSED, COMPOSER_ICONS, KIND_KEYS, KIND_LABELS } from "../../components/kinds";
import { Segments } from "../../components/Segments";
import { useRowCursor } from "../../components/useRowCursor";
import { useActions } from "../../lib/actions";
import { toAppError } from "../../lib/call";
import { cx } from "../../lib/cx";
import { count, longDay } from "../../lib/format";
import { t } from "../../lib/i18n";
import { useKeys } from "../../lib/keymap";
import type { TodayPage } from "../../lib/types";
import { type ComposerKind, ui } from "../../lib/ui";
import { markUsable } from "../../lib/usable";
import { useFollowUps } from "../../record/followUps";
import { useOverview, userName, useToday } from "../../record/queries";
import { FollowUpRow } from "./FollowUpRow";
import { groupOf, groupsOf } from "./groups";
import { Side } from "./Side";

function summary({ counts, expiring }: TodayPage): string {
  const parts = [
    counts.overdue > 0 ? t("today.countOverdue", { count: counts.overdue }) : null,
    counts.today > 0 ? t("today.countToday", { count: counts.today }) : null,
    expiring.length > 0 ? t("today.countExpiring", { count: expiring.length }) : null,
  ];
  return parts.filter(Boolean).join(", ");
}

function Todo({ page, team }: { page: TodayPage; team: boolean }) {
  const overview = useOverview().data;
  const navigate = useNavigate();
  const { done, move } = useFollowUps();
  const [asking, setAsking] = useState<string | null>(null);
  const groups = groupsOf(page.followUps, page.day);
  const rows = groups.flatMap((group) => group.items);
  const { at, setCursor } = useRowCursor(rows.length, (index) => navigate(`/customers/${rows[index]?.customerId}`));
  const current = rows[at];
  useKeys(
    {
      ".": () => (current ? void done(current) : undefined),
      h: () => (current ? setAsking(current.id) : undefined),
    },
    rows.length > 0,
  );
  // What is written about a customer is written on its page; the key leads there and begins it.
  const begin = (kind: ComposerKind) => {
    if (!current) return;
    ui.set({ intent: { customerId: current.customerId, kind } });
    navigate(`/customers/${current.customerId}`);
  };
  useActions(
    rows.length === 0
      ? []
      : COMPOSED.map((kind) => ({
          keys: KIND_KEYS[kind],
          label: KIND_LABELS[kind],
          icon: COMPOSER_ICONS[kind],
          run: () => begin(kind),
        })),
  );
  let index = -1;
  return groups.map((group) =>
    group.items.length === 0 && group.name !== "today" ? null : (
      <section key={group.name} aria-label={t(group.title)}>
        <h2 className="flex items-baseline gap-2 border-line border-b pt-4 pb-1 font-semibold">
          <span className={cx(group.name === "overdue" && "text-danger")}>{t(group.title)}</span>
          <span data-num className="font-normal text-ink-3">
            {count(group.items.length)}
          </span>
        </h2>
        {group.items.length === 0 ? <p className="py-2 text-ink-3">{t("today.nothingToday")}</p> : null}
        <ul>
          {group.items.map((one) => {
            index += 1;
            const own = index;
            const name = groupOf(one, page.day);
            return (
              <FollowUpRow
                key={one.id}
                one={one}
                index={own}
                isToday={name === "today"}
                current={own === at}
                owner={team ? userName(overview, one.assignedTo) : null}
                asking={asking === one.id}
                onAsk={(open) => setAsking(open ? one.id : null)}
                onPoint={() => setCursor(own)}
                onDone={() => void done(one)}
                onMove={(wall) => {
                  setAsking(null);
                  void move(one, wall);
                }}
              />
            );
          })}
        </ul>
      </section>
    ),
  );
}

export function TodayScreen() {
  const [whose, setWhose] = useState<"mine" | "team">("mine");
  const { data: page, error } = useToday(whose === "team");
  const isThere = page !== undefined;
  useEffect(() => {
    if (isThere) markUsable();
  }, [isThere]);
  const overview = useOverview().data;
  const hasTeam = overview?.me.teamId !== null && overview?.me.teamId !== undefined;
  const navigate = useNavigate();
  const noCustomers = overview?.counts.customers === 0;
  const nothing = page !== undefined && page.followUps.length === 0;
  return (
    <main className="grid min-h-0 min-w-0 grid-cols-[minmax(0,1fr)_clamp(280px,28vw,400px)]">
      <div className="min-h-0 overflow-y-auto px-6 pt-5 pb-10">
        <header className="flex flex-wrap items-baseline gap-x-3 gap-y-1">
          <h1 className="font-semibold text-h2 tracking-[-0.011em]">{page ? longDay(page.day) : t("today.title")}</h1>
          {page ? <p className="text-ink-2 max-mid:order-last max-mid:basis-full">{summary(page)}</p> : null}
          {hasTeam ? (
            <span className="ml-auto">
              <Segments
                label={t("today.whose")}
                value={whose}
                onChange={setWhose}
                options={[
                  { value: "mine", label: t("sales.mine") },
                  { value: "team", label: t("today.team") },
                ]}
              />
            </span>
          ) : null}
        </header>
        {error ? <ErrorNote className="mt-4" error={toAppError(error)} /> : null}
        {page && !nothing ? <Todo page={page} team={whose === "team"} /> : null}
        {nothing ? (
          <EmptyState
            title={t(noCustomers ? "customers.empty" : "today.empty")}
            actions={
              noCustomers ? (
                <>
                  <Button variant="primary" keys="c" onClick={() => ui.set({ newCustomer: "" })}>
                    {t("customer.new")}
                  </Button>
                  <Button onClick={() => navigate("/import")}>{t("customers.emptyImport")}</Button>
                </>
              ) : (
                <Button variant="primary" keys="g c" onClick={() => navigate("/customers")}>
                  {t("customers.open")}
                </Button>
              )
            }
          >
            {t(noCustomers ? "customers.emptyAbout" : "today.emptyAbout")}
          </EmptyState>
        ) : null}
      </div>
      {page ? <Side page={page} overview={overview} /> : <div />}
    </main>
  );
}
