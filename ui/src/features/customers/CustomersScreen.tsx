import { CheckCheck, CopyCheck, Plus, Save } from "lucide-react";
import { type ReactNode, type RefObject, useCallback, useEffect, useRef, useState } from "react";
import { useLocation, useNavigate } from "react-router";
import { Button } from "../../components/Button";
import { ErrorNote } from "../../components/ErrorNote";
import { useActions } from "../../lib/actions";
import { call, toAppError } from "../../lib/call";
import { t } from "../../lib/i18n";
import { useKeys } from "../../lib/keymap";
import { prefs } from "../../lib/prefs";
import { useStore } from "../../lib/store";
import type { Overview } from "../../lib/types";
import { ui } from "../../lib/ui";
import { type ListArgs, useRows } from "../../record/pages";
import { useOverview } from "../../record/queries";
import { tellError } from "../../record/tell";
import { currentTrail, leaveTrail } from "../../record/trail";
import { Board } from "./Board";
import { BulkBar } from "./BulkBar";
import { ColumnsMenu } from "./ColumnsMenu";
import { CustomerTable, HEAD } from "./CustomerTable";
import { columnsOf } from "./columns";
import { FilterBar } from "./FilterBar";
import { MODES, ModeSwitch } from "./ModeSwitch";
import { NothingHere } from "./NothingHere";
import { useSavedViews, useViewEdits } from "./savedViews";
import { useCursor } from "./useCursor";
import { ViewTabs } from "./ViewTabs";
import { type ChangeView, sameView, useView, type View, viewOf } from "./view";

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

/** A saved view that was changed since says so, and can be brought up to date. */
function ChangedSince({ view, me }: { view: View; me: string | null }) {
  const saved = useSavedViews().find((one) => one._id === view.saved);
  const { update } = useViewEdits();
  if (!saved || sameView(view, viewOf(saved._id, saved.definition))) return null;
  return (
    <span className="flex items-center gap-1.5 text-ink-3 text-small">
      {t("views.changed")}
      {saved.userId === me ? (
        <Button variant="link" icon={Save} className="text-small" onClick={() => void update(saved, view)}>
          {t("views.update")}
        </Button>
      ) : null}
    </span>
  );
}

interface ListProps {
  view: View;
  args: ListArgs;
  change: ChangeView;
  overview: Overview | undefined;
  search: RefObject<HTMLInputElement | null>;
  /** Split: what stands beside the list for the customer under the cursor. */
  beside?: (id: string) => ReactNode;
}

/** The rows of a view with cursor and ticks; beside them, if wanted, the customer the cursor stands on. */
function CustomerList({ view, args, change, overview, search, beside }: ListProps) {
  const { density } = useStore(prefs);
  const [sight, setSight] = useState({ from: 0, to: 40 });
  const came = currentTrail();
  const rows = useRows("customers", args, sight, came);
  const total = rows.total ?? 0;
  const rowHeight = ROW[density];
  const { scroller, show, page } = useScroll(rowHeight);
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
  const { cursor, ticks, setCursor, tick, tickAll, clear, keys } = useCursor({
    total,
    start,
    page: page(),
    idAt: (index) => rows.at(index)?._id,
    onOpen: open,
    show,
  });
  const all = async () => {
    if (ticks.size >= total) return clear();
    try {
      const { ids } = await call("records.ids", { kind: "customers", ...args });
      tickAll(ids);
    } catch (thrown) {
      tellError(thrown);
    }
  };
  useKeys({
    ...keys,
    Enter: (event) => {
      if (event.target instanceof HTMLButtonElement || event.target instanceof HTMLAnchorElement) event.target.click();
      else keys.Enter?.(event);
    },
    Escape: clear,
    "/": () => search.current?.focus(),
  });
  useActions([{ keys: "mod+a", label: "keys.selectAll", icon: CheckCheck, run: () => void all() }]);

  // Coming back from a customer: the same row, in sight, with the focus on the list.
  const ready = rows.total !== null;
  // biome-ignore lint/correctness/useExhaustiveDependencies: once, when the rows are there
  useEffect(() => {
    if (!ready) return;
    show(start);
    const list = scroller.current;
    if (list && document.activeElement?.contains(list)) list.focus({ preventScroll: true });
  }, [ready]);
  const asked = JSON.stringify(args);
  const before = useRef(asked);
  // biome-ignore lint/correctness/useExhaustiveDependencies: other rows begin at their first one
  useEffect(() => {
    if (before.current === asked) return;
    before.current = asked;
    setCursor(0);
    if (scroller.current) scroller.current.scrollTop = 0;
  }, [asked]);

  const onSight = useCallback((from: number, to: number) => setSight({ from, to }), []);
  const here = rows.at(cursor);
  return (
    <>
      {rows.error ? <ErrorNote className="m-4" error={toAppError(rows.error)} /> : null}
      {rows.total === 0 ? (
        <NothingHere view={view} change={change} />
      ) : (
        <div
          className={
            beside ? "grid min-h-0 flex-1 grid-cols-[clamp(340px,28%,400px)_minmax(0,1fr)]" : "flex min-h-0 flex-1"
          }
        >
          <CustomerTable
            rows={rows}
            total={total}
            rowHeight={rowHeight}
            columns={columnsOf(beside ? ["status"] : view.columns)}
            sort={view.sort}
            onSort={(sort) => change({ sort })}
            cursor={cursor}
            ticks={ticks}
            allTicked={total > 0 && ticks.size >= total}
            onTickAll={() => void all()}
            overview={overview}
            scroller={scroller}
            onSight={onSight}
            onOpen={beside ? setCursor : open}
            onTick={tick}
          />
          {beside ? (
            <div className="grid min-h-0 min-w-0 overflow-hidden border-line border-l">
              {here ? beside(here._id) : null}
            </div>
          ) : null}
        </div>
      )}
      <BulkBar ids={ticks} total={total} overview={overview} onClear={clear} onAll={() => void all()} />
    </>
  );
}

/** `beside` draws a customer's page next to the list: the app hands it in, for a screen knows no other. */
export function CustomersScreen({ beside }: { beside: (id: string) => ReactNode }) {
  const overview = useOverview().data;
  const me = overview?.me._id ?? null;
  const { view, args, change } = useView(me);
  const search = useRef<HTMLInputElement>(null);
  const navigate = useNavigate();
  const duplicates = () => navigate("/customers/duplicates");
  useActions([{ keys: "v d", label: "duplicates.find", icon: CopyCheck, run: duplicates }]);
  useKeys(Object.fromEntries(MODES.map(({ keys, mode }) => [keys, () => change({ mode })])));
  return (
    <main className="relative flex min-w-0 flex-col overflow-hidden">
      <header className="flex h-topbar shrink-0 items-center gap-2 border-line border-b px-4">
        <h1 className="font-semibold text-lead">{t("customers.title")}</h1>
        <ViewTabs view={view} me={me} change={change} />
        <span className="ml-auto" />
        <Button
          variant="quiet"
          icon={CopyCheck}
          aria-label={t("duplicates.find")}
          title={t("duplicates.find")}
          aria-keyshortcuts="v d"
          onClick={duplicates}
        />
        <ModeSwitch mode={view.mode} onChange={(mode) => change({ mode })} />
        <Button variant="primary" icon={Plus} keys="c" onClick={() => ui.set({ newCustomer: "" })}>
          {t("customer.new")}
        </Button>
      </header>
      <FilterBar
        view={view}
        change={change}
        overview={overview}
        search={search}
        onLeaveSearch={() => document.querySelector<HTMLElement>('[role="grid"], [data-card]')?.focus()}
      >
        <ChangedSince view={view} me={me} />
        {view.mode === "table" ? (
          <ColumnsMenu names={view.columns} onChange={(columns) => change({ columns })} />
        ) : null}
      </FilterBar>
      {view.mode === "board" ? (
        <Board view={view} args={args} overview={overview} onOpen={(id) => navigate(`/customers/${id}`)} />
      ) : (
        <CustomerList
          view={view}
          args={args}
          change={change}
          overview={overview}
          search={search}
          beside={view.mode === "split" ? beside : undefined}
        />
      )}
    </main>
  );
}
