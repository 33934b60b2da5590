import { Plus } from "lucide-react";
import { useCallback, useEffect, useRef, useState } from "react";
import { useLocation, useNavigate } from "react-router";
import { Button } from "../../components/Button";
import { EmptyState } from "../../components/EmptyState";
import { ErrorNote } from "../../components/ErrorNote";
import { toAppError } from "../../lib/call";
import { count } from "../../lib/format";
import { t } from "../../lib/i18n";
import { useKeys } from "../../lib/keymap";
import { prefs } from "../../lib/prefs";
import { useStore } from "../../lib/store";
import { ui } from "../../lib/ui";
import { useRows } from "../../record/pages";
import { useOverview } from "../../record/queries";
import { currentTrail, leaveTrail } from "../../record/trail";
import { BulkBar } from "./BulkBar";
import { CustomerTable, HEAD } from "./CustomerTable";
import { FilterBar } from "./FilterBar";
import { useCursor } from "./useCursor";
import { isFiltered, useView } from "./view";

const ROW = { comfortable: 36, compact: 30 } as const;

function useScroll(rowHeight: number) {
  const scroller = useRef<HTMLDivElement>(null);
  const show = (index: number) => {
    const box = scroller.current;
    if (!box) return;
    const top = index * rowHeight;
    if (top < box.scrollTop) box.scrollTop = top;
    const bottom = top + rowHeight + HEAD;
    if (bottom > box.scrollTop + box.clientHeight) box.scrollTop = bottom - box.clientHeight;
  };
  return {
    scroller,
    show,
    page: () => Math.max(1, Math.floor((scroller.current?.clientHeight ?? 600) / rowHeight) - 2),
  };
}

export function CustomersScreen() {
  const { view, args, change } = useView();
  const { density } = useStore(prefs);
  const overview = useOverview().data;
  const [sight, setSight] = useState({ from: 0, to: 40 });
  const came = currentTrail();
  const rows = useRows("customers", args, sight, came);
  const total = rows.total ?? 0;
  const rowHeight = ROW[density];
  const { scroller, show, page } = useScroll(rowHeight);
  const search = useRef<HTMLInputElement>(null);
  const navigate = useNavigate();
  const location = useLocation();
  const address = location.pathname + location.search;
  const start = came?.from === address ? came.index : 0;

  const open = useCallback(
    (index: number) => {
      const customer = rows.at(index);
      if (!customer) return;
      leaveTrail({ args, from: address, total, index, starts: rows.starts });
      navigate(`/customers/${customer._id}`);
    },
    [rows, args, address, total, navigate],
  );
  const { cursor, ticks, setCursor, tick, clear, keys } = useCursor({
    total,
    start,
    page: page(),
    idAt: (index) => rows.at(index)?._id,
    onOpen: open,
    show,
  });
  useKeys({
    ...keys,
    Enter: (event) => {
      if (event.target instanceof HTMLButtonElement || event.target instanceof HTMLAnchorElement) event.target.click();
      else keys.Enter?.(event);
    },
    Escape: clear,
    "/": () => search.current?.focus(),
  });

  // Coming back from a customer: the same row, in sight, with the focus on the list.
  const ready = rows.total !== null;
  // biome-ignore lint/correctness/useExhaustiveDependencies: once, when the rows are there
  useEffect(() => {
    if (!ready) return;
    show(start);
    const list = scroller.current;
    if (list && document.activeElement?.contains(list)) list.focus({ preventScroll: true });
  }, [ready]);

  const changeView = (part: Parameters<typeof change>[0]) => {
    setCursor(0);
    if (scroller.current) scroller.current.scrollTop = 0;
    change(part);
  };
  const onSight = useCallback((from: number, to: number) => setSight({ from, to }), []);
  const empty = rows.total === 0;

  return (
    <main className="relative flex min-w-0 flex-col overflow-hidden">
      <header className="flex h-topbar shrink-0 items-center gap-2 border-line border-b px-4">
        <h1 className="font-semibold text-lead">{t("customers.title")}</h1>
        <span data-num className="text-ink-3 text-small">
          {rows.total === null ? "" : count(rows.total)}
        </span>
        <Button variant="primary" icon={Plus} keys="c" className="ml-auto" onClick={() => ui.set({ newCustomer: "" })}>
          {t("customer.new")}
        </Button>
      </header>
      <FilterBar
        view={view}
        change={changeView}
        overview={overview}
        search={search}
        onLeaveSearch={() => scroller.current?.focus()}
      />
      {rows.error ? <ErrorNote className="m-4" error={toAppError(rows.error)} /> : null}
      {empty && !isFiltered(view) ? (
        <EmptyState
          title={t("customers.empty")}
          actions={
            <>
              <Button variant="primary" keys="c" onClick={() => ui.set({ newCustomer: "" })}>
                {t("customer.new")}
              </Button>
              <Button onClick={() => navigate("/import")}>{t("customers.emptyImport")}</Button>
            </>
          }
        >
          {t("customers.emptyAbout")}
        </EmptyState>
      ) : null}
      {empty && isFiltered(view) ? (
        <EmptyState
          title={t("customers.noMatch")}
          actions={
            <>
              <Button onClick={() => changeView({ q: "", status: null, owner: null })}>{t("filter.clear")}</Button>
              {view.q.trim() ? (
                <Button onClick={() => ui.set({ newCustomer: view.q.trim() })}>
                  {t("palette.create", { name: view.q.trim() })}
                </Button>
              ) : null}
            </>
          }
        >
          {t("customers.noMatchAbout")}
        </EmptyState>
      ) : null}
      {empty ? null : (
        <CustomerTable
          rows={rows}
          total={total}
          rowHeight={rowHeight}
          sort={view.sort}
          onSort={(sort) => changeView({ sort })}
          cursor={cursor}
          ticks={ticks}
          overview={overview}
          scroller={scroller}
          onSight={onSight}
          onOpen={open}
          onTick={tick}
        />
      )}
      <BulkBar ids={ticks} overview={overview} onClear={clear} />
    </main>
  );
}
